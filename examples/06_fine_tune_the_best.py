"""Rank checkpoints for a data set of the Hub, and fine-tune the best of them with transformers' `Trainer`.

    python examples/06_fine_tune_the_best.py user/birds facebook/dinov2-small timm/resnet50.a1_in1k

The data set has columns `image` and `label`, and splits `train` and `test`, as an image folder has.
"""

import sys

from datasets import load_dataset
from transformers import AutoImageProcessor, AutoModelForImageClassification, Trainer, TrainingArguments

from hubscore import rank

dataset, *models = sys.argv[1:]
best = rank(dataset, models=models, samples=300).best
print(f"Fine-tuning {best.model}")

data = load_dataset(dataset)
names = data["train"].features["label"].names
processor = AutoImageProcessor.from_pretrained(best.model, revision=best.revision)
model = AutoModelForImageClassification.from_pretrained(
    best.model,
    revision=best.revision,
    id2label=dict(enumerate(names)),
    label2id={name: label for label, name in enumerate(names)},
    ignore_mismatched_sizes=True,  # a new head, for these classes
)


def prepare(rows):
    pixels = processor([image.convert("RGB") for image in rows["image"]], return_tensors="pt")["pixel_values"]
    return {"pixel_values": pixels, "labels": rows["label"]}


trainer = Trainer(
    model,
    TrainingArguments("fine-tuned", num_train_epochs=2, remove_unused_columns=False, report_to="none"),
    train_dataset=data["train"].with_transform(prepare),
    eval_dataset=data["test"].with_transform(prepare),
    compute_metrics=lambda found: {"accuracy": float((found.predictions.argmax(-1) == found.label_ids).mean())},
)
trainer.train()
print(f"Accuracy on the test split: {trainer.evaluate()['eval_accuracy']:.2f}")
