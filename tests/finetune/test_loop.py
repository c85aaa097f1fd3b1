import torch
from finetune.test_training import Linear

from hubscore.finetune.loop import accuracy_of, predictions, train_and_measure, train_model
from hubscore.finetune.recipe import Recipe

PICTURES = torch.rand(48, 3, 8, 8, generator=torch.Generator().manual_seed(3))
LABELS = (PICTURES[:, 0].mean((1, 2)) > 0.5).long()
DATA = {"pixel_values": PICTURES}, LABELS


def trained(*, each_epoch: bool) -> tuple[Linear, object]:
    torch.manual_seed(0)
    model = Linear()
    return model, train_and_measure(model, [DATA, DATA], Recipe(epochs=4, batch_size=16), 1e-2, each_epoch=each_epoch)


def test_measuring_after_each_epoch_changes_nothing_in_the_training() -> None:
    (first, plain), (second, curve) = trained(each_epoch=False), trained(each_epoch=True)
    assert torch.equal(first.head.weight, second.head.weight)
    assert plain.accuracies == curve.accuracies and plain.epochs == () and len(curve.epochs) == 4
    assert curve.epochs[-1] == curve.accuracies[-1] == accuracy_of(second, DATA)


def test_the_model_is_in_training_mode_in_every_epoch() -> None:
    torch.manual_seed(0)
    model, modes = Linear(), []
    model.head.register_forward_hook(lambda *_: modes.append(model.training))
    train_model(model, DATA, Recipe(epochs=3, batch_size=24), 1e-2, after_epoch=model.eval)
    assert modes == [True] * 6


def test_predictions_are_the_largest_logit_of_every_item() -> None:
    model = Linear()
    made = predictions(model, DATA)
    assert made.shape == (48,) and torch.equal(made, model(DATA[0]).argmax(1)) and not model.training


def test_a_loss_that_is_not_finite_reaches_nothing() -> None:
    assert train_and_measure(Linear(), [DATA, DATA], Recipe(epochs=3, batch_size=16), 1e38) is None
