"""What it ran on, in general words."""

import os
import platform
import subprocess

_VERSION = "from importlib.metadata import version; print(version('litellm'))"


def described(litellm_python: str | None) -> str:
    """Cores, Python, LiteLLM where it takes part, and the load of the machine over the last minute."""
    words = [f"{os.cpu_count()} cores", platform.machine(), f"Python {platform.python_version()}"]
    if litellm_python:
        words.append(f"LiteLLM {litellm_version(litellm_python)}")
    return ", ".join([*words, f"load before {os.getloadavg()[0]:.1f}"])


def litellm_version(python: str) -> str:
    """Of an interpreter that has it."""
    return subprocess.check_output([python, "-c", _VERSION], text=True).strip()
