"""``python -m narvaro.cli``: the command without its script."""

from narvaro.cli.main import run

if __name__ == "__main__":
    run()
