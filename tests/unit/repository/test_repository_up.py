"""`make secrets`, `make up` and `make down`, as far as they go without Docker."""

import re
import subprocess
import sys

from tests.unit.repository.compose import COMPOSE, ROOT, SERVICES


def would_run(*words: str) -> list[str]:
    """The lines that `make` would run."""
    command = ["make", "--dry-run", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def test_make_makes_every_secrets_file(tmp_path):
    """`make secrets` makes each file once: readable for the containers' users, in a folder that is closed to others."""
    command = ["make", "-s", "-f", str(ROOT / "Makefile"), "secrets", f"PYTHON={sys.executable}"]
    for _ in range(2):
        subprocess.run(command, cwd=tmp_path, check=True)
        folder = tmp_path / "secrets"
        files = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert set(files) == set(COMPOSE["secrets"])
    assert {name for name, text in files.items() if text} == {"web_token", "grafana_password"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}
    (folder / "groq_api_key").write_text("mine", encoding="utf-8")
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (folder / "groq_api_key").read_text(encoding="utf-8") == "mine"
    assert (folder / "web_token").read_text(encoding="utf-8") == files["web_token"]


def test_make_up_passes_on_what_it_is_told():
    """How many workers, and the options that choose profiles."""
    told = would_run("up", "WORKERS=3", "COMPOSE=--profile obs")
    assert "docker compose --profile obs up --build --detach --scale worker=3" in told


def test_make_down_stops_every_profile():
    """Containers of a profile that is not named would stay."""
    (down,) = [line for line in would_run("down") if line.startswith("docker")]
    profiles = {profile for service in SERVICES.values() for profile in service.get("profiles", [])}
    assert set(re.findall(r"--profile (\w+)", down)) == profiles
