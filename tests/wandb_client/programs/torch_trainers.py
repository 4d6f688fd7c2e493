"""PyTorch Lightning's WandbLogger, and the Trainer of Hugging Face with a model made from a configuration."""

import lightning
import torch
import wandb
from lightning.pytorch.loggers import WandbLogger
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments


class Line(lightning.LightningModule):
    def __init__(self, rate=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch, _):
        loss = torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.rate)


x = torch.linspace(0, 1, 32)[:, None]
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, 2 * x), batch_size=8)
logger = WandbLogger(project="libraries", id="lightning", log_model=True)
quiet = {"enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
lightning.Trainer(max_epochs=2, logger=logger, log_every_n_steps=1, **quiet).fit(Line(), data)
wandb.finish()

size = {"vocab_size": 20, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
rows = [{"input_ids": torch.tensor([1, 2, 3]), "labels": torch.tensor(row % 2)} for row in range(16)]
arguments = TrainingArguments(
    "out", report_to="wandb", run_name="tiny bert", num_train_epochs=2, per_device_train_batch_size=8, logging_steps=1,
    save_strategy="no", use_cpu=True, disable_tqdm=True,
)  # fmt: skip
Trainer(BertForSequenceClassification(BertConfig(**size)), arguments, train_dataset=rows).train()
wandb.finish()
