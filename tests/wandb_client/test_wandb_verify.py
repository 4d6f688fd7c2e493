"""The client's own check of a server."""

_WANTS_ANOTHER_NET = {
    "Checking requests to base url",
    "Checking requests made over signed URLs",
}
"""Plain HTTP."""


def test_wandb_verify_finds_that_everything_works(user):
    told = user.wandb("verify", "--host", user.environment["WANDB_BASE_URL"], WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL="1")
    failed = {line.partition("..")[0] for line in told.splitlines() if "❌" in line}
    assert failed == _WANTS_ANOTHER_NET, told
    assert told.count("✅") == 8, told
