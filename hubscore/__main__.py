"""`python -m hubscore`, which is also what accelerate launches."""

from hubscore.cli.main import main

if __name__ == "__main__":
    main()
