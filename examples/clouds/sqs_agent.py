"""Waits for sweeps in an SQS queue and works for each: what an EC2 instance runs when it has booted.

    besom sweep sweep.yaml              # prints ENTITY/PROJECT/ID
    aws sqs send-message --queue-url URL --message-body ENTITY/PROJECT/ID      # once per instance
    python sqs_agent.py URL             # on each instance

Instances may boot long after the sweep was created, and take their messages in any order. A message is deleted when
its agent has ended well; that of an instance which was lost comes back, and another instance takes it.
"""

import argparse
import subprocess
import sys
import threading

import boto3

HELD_SECONDS = 120
"""How long a message is hidden from the other instances; renewed while its agent works."""


def keep(queue: str, receipt: str, done: threading.Event) -> None:
    """Keeps a message from coming back until ``done``."""
    sqs = boto3.client("sqs")
    while not done.wait(HELD_SECONDS / 2):
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=receipt, VisibilityTimeout=HELD_SECONDS)


def work(queue: str, message: dict) -> int:
    """Runs an agent for the sweep that a message names; returns its exit code."""
    done = threading.Event()
    threading.Thread(target=keep, args=(queue, message["ReceiptHandle"], done), daemon=True).start()
    try:
        return subprocess.run(["besom", "agent", message["Body"].strip()], check=False).returncode
    finally:
        done.set()


def main(queue: str, idle: int) -> int:
    """Works until the queue has been empty for ``idle`` seconds; returns an exit code."""
    sqs = boto3.client("sqs")
    while True:
        answer = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=idle, VisibilityTimeout=HELD_SECONDS)
        messages = answer.get("Messages", [])
        if not messages:
            return 0  # here the instance may shut itself down
        for message in messages:
            if code := work(queue, message):
                return code  # the message comes back
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("queue", help="its URL")
    parser.add_argument("--idle", type=int, default=20, help="seconds without a message until it ends; at most 20")
    arguments = parser.parse_args()
    sys.exit(main(arguments.queue, arguments.idle))
