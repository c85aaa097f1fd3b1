import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState, PartialState

from hubscore.finetune.accelerated import accelerator_on


@pytest.fixture(autouse=True)
def fresh_state():
    """Let accelerate forget what tests before and within this one set up."""
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


def test_networks_run_in_full_precision_whatever_the_launcher_says(monkeypatch) -> None:
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    made = accelerator_on(torch.device("cpu"))
    assert made.mixed_precision == "no" and made.device.type == "cpu"


def test_an_accelerator_of_the_caller_is_left_as_it_is() -> None:
    own = Accelerator(mixed_precision="bf16", cpu=True)
    assert accelerator_on(torch.device("cpu")).mixed_precision == own.mixed_precision == "bf16"


def test_a_schedule_steps_once_a_step_even_among_several_processes(monkeypatch) -> None:
    made = accelerator_on(torch.device("cpu"))
    monkeypatch.setitem(PartialState._shared_state, "num_processes", 4)
    weight = torch.nn.Parameter(torch.ones(1))
    plain = torch.optim.SGD([weight], lr=1.0)
    optimizer, cycle = made.prepare(plain, torch.optim.lr_scheduler.StepLR(plain, 1, gamma=0.5))
    made.backward(weight.sum())
    optimizer.step()
    cycle.step()
    assert plain.param_groups[0]["lr"] == 0.5
