"""The look of the HTML report: one style sheet, light and dark by what the reader's system asks for."""

FRAGMENT = """
.hubscore { --blue: 37 99 235; --orange: 217 119 6; --grey: 128 128 128; --line: rgb(var(--grey) / .22); --soft: rgb(var(--grey) / .09);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: inherit; max-width: 100%; }
.hubscore .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; }
.hubscore table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; margin: 0; width: 100%;
  font-size: 13px; }
.hubscore th, .hubscore td { padding: 6px 10px; text-align: right; white-space: nowrap; border: 0; background: none; color: inherit; }
.hubscore thead th { font-weight: 600; font-size: 12px; opacity: .75; border-bottom: 1px solid var(--line); vertical-align: bottom; }
.hubscore thead tr.families th { text-transform: uppercase; letter-spacing: .05em; font-size: 10px; opacity: .55; border: 0;
  padding-bottom: 0; text-align: left; }
.hubscore tbody tr:hover td { box-shadow: inset 0 0 0 99px rgb(var(--grey) / .07); }
.hubscore tr.group > td { border-top: 1px solid var(--line); }
.hubscore tbody tr:first-child > td { border-top: 0; }
.hubscore .text { text-align: left; }
.hubscore .rank { font-weight: 700; text-align: right; opacity: .9; }
.hubscore .model { font-weight: 600; text-align: left; }
.hubscore .model a { color: inherit; text-decoration: none; border-bottom: 1px solid var(--line); }
.hubscore .model a:hover { border-color: currentColor; }
.hubscore .model small, .hubscore .dim { opacity: .6; font-weight: 400; }
.hubscore .none { opacity: .4; cursor: help; }
.hubscore .first { border-left: 1px solid var(--line); }
.hubscore .span { display: inline-block; vertical-align: middle; width: 150px; height: 18px; }
.hubscore .span .track { fill: rgb(var(--grey) / .18); }
.hubscore .span .band { fill: rgb(var(--blue) / .38); }
.hubscore .span .dot { fill: rgb(var(--blue)); }
.hubscore .lead { font-size: 17px; font-weight: 600; margin: 12px 0 4px; }
.hubscore .notes { margin: 10px 2px 0; padding: 0; list-style: none; opacity: .85; font-size: 13px; }
.hubscore .notes li { margin: 3px 0; }
.hubscore .warn { margin: 12px 0; padding: 9px 14px; border-left: 4px solid rgb(var(--orange));
  background: rgb(var(--orange) / .12); border-radius: 6px; }
@media (prefers-color-scheme: dark) { .hubscore { --blue: 96 165 250; --orange: 251 146 60; } }
"""

PAGE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f27; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171d; --ink: #e6e8ec; } }
body { margin: 0; background: var(--paper); color: var(--ink); }
.hubscore main { max-width: 1360px; margin: 0 auto; padding: 36px 24px 80px; }
.hubscore header { margin-bottom: 22px; }
.hubscore h1 { font-size: 27px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -.01em; overflow-wrap: anywhere; }
.hubscore h2 { font-size: 18px; margin: 44px 0 12px; letter-spacing: -.005em; }
.hubscore p { margin: 8px 0; max-width: 78ch; }
.hubscore .chips { display: flex; flex-wrap: wrap; gap: 6px; margin: 14px 0 0; padding: 0; list-style: none; }
.hubscore .chips li { background: var(--soft); border-radius: 999px; padding: 3px 11px; font-size: 12.5px; }
.hubscore .chips b { font-weight: 600; }
.hubscore .taus { display: grid; grid-template-columns: max-content 220px max-content; gap: 7px 14px; align-items: center; }
.hubscore .taus svg { width: 220px; height: 14px; }
.hubscore .taus .track { fill: rgb(var(--grey) / .18); } .hubscore .taus .plus { fill: rgb(var(--blue)); }
.hubscore .taus .minus { fill: rgb(var(--orange)); } .hubscore .taus .mark { fill: rgb(var(--grey) / .8); }
.hubscore .fit { width: fit-content; max-width: 100%; }
.hubscore table.matrix { width: auto; font-size: 11px; margin: 0 80px 8px 0; }
.hubscore table.order .rank, .hubscore table.order .model { position: sticky; z-index: 1; background: var(--paper); }
.hubscore table.order .rank { left: 0; min-width: 26px; } .hubscore table.order .model { left: 46px; border-right: 1px solid var(--line); }
.hubscore table.matrix td { padding: 0; width: 34px; min-width: 34px; height: 26px; text-align: center; }
.hubscore table.matrix tbody th { font-weight: 500; padding: 0 10px; }
.hubscore table.matrix thead th { height: 116px; padding: 0; position: relative; border: 0; min-width: 34px; }
.hubscore table.matrix thead th span { position: absolute; left: 50%; bottom: 6px; transform-origin: left bottom;
  transform: rotate(-50deg); font-weight: 500; }
.hubscore table.plain th, .hubscore table.plain td { text-align: left; white-space: normal; vertical-align: top; overflow-wrap: anywhere; }
.hubscore table.plain td { border-top: 1px solid var(--line); }
.hubscore details { border-top: 1px solid var(--line); padding: 9px 2px; }
.hubscore details:last-of-type { border-bottom: 1px solid var(--line); }
.hubscore summary { cursor: pointer; font-weight: 600; }
.hubscore summary .dim { font-size: 12.5px; margin-left: 6px; }
.hubscore dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 16px; margin: 10px 0 4px; max-width: 100ch; }
.hubscore dt { opacity: .6; } .hubscore dd { margin: 0; overflow-wrap: anywhere; }
.hubscore pre { background: var(--soft); border-radius: 8px; padding: 12px 14px; overflow: auto; max-height: 420px;
  font: 12px/1.5 ui-monospace, monospace; }
.hubscore footer { margin-top: 44px; font-size: 12.5px; opacity: .6; }
@media (max-width: 700px) { .hubscore table.order .rank, .hubscore table.order .model { position: static; }
  .hubscore main { padding: 20px 14px 60px; } .hubscore .taus {
  grid-template-columns: max-content 110px max-content; }
  .hubscore .taus svg { width: 110px; } .hubscore dl { grid-template-columns: 1fr; } .hubscore dt { margin-top: 6px; } }
@media print { .hubscore .scroll { overflow: visible; } }
"""
