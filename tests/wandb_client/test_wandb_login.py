"""The client verifies its key."""


def test_a_good_key_logs_in_and_a_bad_one_is_named(user):
    assert "Currently logged in as: " in user.wandb("login", "--verify")
    refused = user.wandb("login", "--verify", fails=True, WANDB_API_KEY="x" * 40)
    assert "API key" in refused
