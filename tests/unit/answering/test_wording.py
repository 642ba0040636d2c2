"""Other words for a statement: those that keep what it says, and those that would not.

As in ``test_proof``, the tables are about meaning: whoever reads evidence, title and draft side
by side sees that the one says the other, or that it does not.
"""

from __future__ import annotations

import pytest

from assistant.answering.proof import unsupported_because
from assistant.answering.wording import method_name, of_several

FALCON = "Falcon: Fast Learning of Networks on Lake"
LAKE = "Lake: A Large Dataset of Birds"
PLAIN = "Learning to Share"
SHARE = "Learning to Share: Tying of Weights"
FALE = "Fast Learning of Networks (FaLe)"

PROPOSED = "In this paper, we propose Falcon, a network that learns from 9 labels."
WHICH = "We present the Fast Lake Network (FLN), which needs no labels at all."
CALLED = "We introduce a novel network called Swift, which reaches 5% error on Lake."
OURS = "Experiments show that our method outperforms Heron by 5 points on Lake."
WE_REACH = "On Lake, we reach 5% error."
WE_COMPARE = "We compare with Heron, which reaches 7% error on Lake."
WE_SHOW = "We show that noise lowers the accuracy of our model by 9%."
LISTED = "We release our data set, our trained models and our code on Lake."
BETWEEN = "The gap between Heron and our method is 5 points."
BESIDE = "Our proposed model, Swift Network (SwiftNet), scales to 9 billion images."

TRUE = [
    # who "we" are
    (WE_REACH, PLAIN, "On Lake, the authors reach 5% error."),
    (WE_REACH, FALCON, "On Lake, the authors of Falcon reach 5% error."),
    (WE_COMPARE, PLAIN, "The authors compare with Heron, which reaches 7% error on Lake."),
    (WE_COMPARE, FALCON, "The authors of Falcon compare with Heron."),
    (WE_SHOW, PLAIN, "The authors show that noise lowers the accuracy of their model by 9%."),
    (WE_SHOW, PLAIN, "Noise lowers the accuracy of the authors' model by 9%."),
    (WE_SHOW, PLAIN, "Noise lowers the accuracy of the authors’ model by 9%."),
    (WE_SHOW, FALCON, "Noise lowers the accuracy of Falcon by 9%."),
    (LISTED, PLAIN, "The authors release their data set, their trained models and their code."),
    (
        "This paper studies 9 ways to count birds.",
        PLAIN,
        "The authors study 9 ways to count birds.",
    ),
    ("This work presents Swift, a fast bird.", PLAIN, "The authors present Swift, a fast bird."),
    ("To count birds, we train 9 nets.", PLAIN, "To count birds, the authors train 9 nets."),
    ("To this end we train 9 nets.", PLAIN, "To this end, the authors train 9 nets."),
    ("Instead, we train 9 small nets.", PLAIN, "The authors train 9 small nets."),
    ("We also train 9 small nets.", PLAIN, "The authors train 9 small nets."),
    # what "our method" is called
    (OURS, FALCON, "Falcon outperforms Heron by 5 points on Lake."),
    (OURS, PLAIN, "The authors' method outperforms Heron by 5 points on Lake."),
    (OURS, FALE, "FaLe outperforms Heron by 5 points on Lake."),
    ("The proposed method needs 9 labels.", FALCON, "Falcon needs 9 labels."),
    ("The proposed method needs 9 labels.", PLAIN, "The authors' method needs 9 labels."),
    ("Our Falcon method needs 9 labels.", FALCON, "Falcon needs 9 labels."),
    ("The proposed FLN model needs 9 labels.", PLAIN, "The FLN model needs 9 labels."),
    ("Our dataset holds 9 million birds.", LAKE, "Lake holds 9 million birds."),
    ("On Lake, our method needs 9 labels.", FALCON, "On Lake, Falcon needs 9 labels."),
    (WE_REACH, FALCON, "Falcon reaches 5% error."),
    (WE_REACH, FALCON, "On Lake, Falcon reaches 5% error."),
    ("Heron beats our method by 9 points.", FALCON, "Heron beats Falcon by 9 points."),
    ("Our best model (FLN-9) needs 9 labels.", PLAIN, "FLN-9 needs 9 labels."),
    (BESIDE, PLAIN, "Swift Network (SwiftNet) scales to 9 billion images."),
    # what is introduced
    (PROPOSED, FALCON, "Falcon is a network that learns from 9 labels."),
    (PROPOSED, FALCON, "The authors propose Falcon, a network that learns from 9 labels."),
    (WHICH, PLAIN, "The Fast Lake Network (FLN) needs no labels at all."),
    (WHICH, PLAIN, "FLN needs no labels at all."),
    (WHICH, PLAIN, "The authors present FLN, which needs no labels at all."),
    (CALLED, PLAIN, "Swift reaches 5% error on Lake."),
    (CALLED, PLAIN, "Swift is a novel network."),
    ("Our main contribution is Swift, a bird of 9 g.", PLAIN, "Swift is a bird of 9 g."),
    # what was left out before it
    ("In this paper we show that birds sleep 9 hours.", PLAIN, "Birds sleep 9 hours."),
    ("We train nets such as Heron and Swift.", PLAIN, "The authors train nets."),
]

FALSE = [
    # what people do is not done by the method, nor by others
    (WE_COMPARE, FALCON, "Falcon compares with Heron."),
    (WE_COMPARE, FALCON, "Falcon reaches 7% error on Lake."),
    (WE_COMPARE, PLAIN, "The authors reach 7% error on Lake."),
    ("We train Heron on 9 birds.", FALCON, "Falcon trains Heron on 9 birds."),
    ("We extend Heron by 9 layers.", FALCON, "Falcon extends Heron by 9 layers."),
    ("We ask 9 experts about birds.", FALCON, "Falcon asks 9 experts about birds."),
    ("With Heron, we reach 5% error.", FALCON, "Falcon reaches 5% error."),
    ("We reach 5% error by using Heron.", FALCON, "Falcon reaches 5% error by using Heron."),
    ("We outperform Falcon by 9 points.", FALCON, "Falcon outperforms Falcon by 9 points."),
    ("Previous authors reach 5% error.", PLAIN, "The authors' method reaches 5% error."),
    ("Heron reaches 5% error on Lake.", FALCON, "The authors reach 5% error on Lake."),
    ("The authors of Heron reach 5% error.", FALCON, "The authors of Falcon reach 5% error."),
    ("They reach 5% error on Lake.", FALCON, "The authors reach 5% error on Lake."),
    ("Their method reaches 5% error.", PLAIN, "The authors' method reaches 5% error."),
    ("This method reaches 5% error.", FALCON, "Falcon reaches 5% error."),
    ("In this paper Heron reaches 5% error.", PLAIN, "The authors reach 5% error."),
    ("Heron was studied in this work alone.", PLAIN, "The authors alone studied Heron."),
    # the owner of a thing
    (WE_SHOW, PLAIN, "Noise lowers the accuracy of their model by 9%."),
    ("We show that Heron beats our model.", PLAIN, "Heron's model beats the authors'."),
    ("We compare Heron with our model.", PLAIN, "The authors compare their model with Heron."),
    ("Our baseline needs 9 labels.", FALCON, "Falcon needs 9 labels."),
    ("Our dataset holds 9 million birds.", FALCON, "Falcon holds 9 million birds."),
    ("Our method needs 9 million birds.", LAKE, "Lake needs 9 million birds."),
    ("Our ImageNet model needs 9 labels.", FALCON, "ImageNet needs 9 labels."),
    # another name that stands in the title
    (OURS, FALCON, "Lake outperforms Heron by 5 points."),
    (OURS, FALCON, "Networks outperform Heron by 5 points on Lake."),
    (OURS, FALCON, "Fast Learning outperforms Heron by 5 points on Lake."),
    (OURS, SHARE, "Learning to Share outperforms Heron by 5 points on Lake."),
    (OURS, "Falcon and Heron: Two Birds", "Heron outperforms Heron by 5 points on Lake."),
    (OURS, "Swift Meets Heron: Two Birds", "Swift outperforms Heron by 5 points on Lake."),
    # who is better, and what a turn of phrase is about
    (OURS, FALCON, "Heron outperforms Falcon by 5 points on Lake."),
    ("Unlike our method, Heron needs 9 labels.", FALCON, "Heron needs 9 labels."),
    ("Unlike our method, Heron needs 9 labels.", FALCON, "Falcon needs 9 labels."),
    ("Unlike Heron, our method needs 9 labels.", FALCON, "Falcon needs 9 labels."),
    ("Heron, unlike our method, needs 9 labels.", FALCON, "Falcon needs 9 labels."),
    ("Our method, unlike Heron, needs 9 labels.", FALCON, "Heron needs 9 labels."),
    ("Instead of our method, we use Heron.", FALCON, "The authors use Falcon."),
    ("Instead of 9 nets, we train one bird.", PLAIN, "The authors train one bird."),
    ("When noise is low, our method needs 9 labels.", FALCON, "Falcon needs 9 labels."),
    ("Given 9 labels, our method beats Heron.", FALCON, "Falcon beats Heron on Lake."),
    ("Our method may outperform Heron.", FALCON, "Falcon outperforms Heron on Lake."),
    ("Our results suggest that our method wins.", FALCON, "Falcon wins by 9 points."),
    ("We hope that our method saves 9 birds.", FALCON, "Falcon saves 9 birds."),
    ("We reject the idea that our method needs 9 labels.", FALCON, "Falcon needs 9 labels."),
    (BETWEEN, FALCON, "Falcon is 5 points."),
    (BETWEEN, PLAIN, "The authors' method is 5 points."),
    ("Heron and our method need 9 labels.", FALCON, "Falcon and Heron's method need 9 labels."),
    ("We reach between 5% and 7% error.", PLAIN, "The authors reach between 5% error."),
    ("We train nets of 9, 12 and 15 layers.", PLAIN, "The authors train nets of 9."),
    # what is introduced, and what is said of something else
    ("We propose Falcon to replace Heron, a slow network.", FALCON, "Falcon is a slow network."),
    ("We propose Falcon for Heron, a slow network.", FALCON, "Falcon is a slow network."),
    ("We propose Falcon, unlike Heron a fast net.", FALCON, "Heron is a fast net."),
    ("We present an attack on Heron, a slow network.", PLAIN, "An attack is a slow network."),
    ("We present Falcon and Heron, a slow bird.", FALCON, "Falcon is a slow bird."),
    (
        "We do not propose Falcon, a network of 9 layers.",
        FALCON,
        "Falcon is a network of 9 layers.",
    ),
    ("We propose Falcon, a week after Heron came.", FALCON, "Falcon is a week after Heron came."),
    ("We propose Falcon, a bird, and Heron, a net.", FALCON, "Falcon is a net."),
    ("We propose Falcon, a bird, and Heron, a net.", FALCON, "Heron is a bird."),
    ("We propose a rival of Heron, which needs 9 labels.", PLAIN, "A rival needs 9 labels."),
    ("We propose Falcon, which Heron beats by 9.", FALCON, "Falcon beats Heron by 9."),
    ("Before we propose Falcon, a new rule is needed.", FALCON, "Falcon is a new rule."),
    ("We propose Falcon, the code of Heron was lost.", FALCON, "Heron is the code of Falcon."),
    ("We present a net called Heron, which fails in 9 cases.", FALCON, "Falcon fails in 9 cases."),
    # a piece that says nothing whole
    (LISTED, PLAIN, "The authors' trained models and the authors' code."),
    # an abbreviation of something else
    ("The Fast Lake Network (BERT) needs 9 labels.", PLAIN, "BERT needs 9 labels."),
    ("A bird of Fast Lake Net (FLN) needs 9 labels.", PLAIN, "FLN needs 9 labels."),
]


@pytest.mark.parametrize(("evidence", "title", "draft"), TRUE)
def test_the_same_in_other_words_stands(evidence: str, title: str, draft: str) -> None:
    assert not unsupported_because(draft, evidence=evidence, title=title)


@pytest.mark.parametrize(("evidence", "title", "draft"), FALSE)
def test_other_words_that_say_something_else_are_refused(
    evidence: str, title: str, draft: str
) -> None:
    assert unsupported_because(draft, evidence=evidence, title=title)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        (FALCON, "Falcon"),
        (FALE, "FaLe"),
        ("GPT-4: A Report", "GPT-4"),
        ("Fast R-CNN: Boxes Soon", "Fast R-CNN"),
        (PLAIN, ""),
        (SHARE, ""),
        ("Rethinking: A Plea", ""),
        ("Gating Revisited: Deep Nets", ""),
        ("BERT and GPT: Two Models", ""),
        ("What do we know about depth: nothing", ""),
        ("", ""),
        (": ", ""),
        ("?!: a study", ""),
    ],
)
def test_a_title_names_a_method_only_where_it_gives_it_a_name(title: str, name: str) -> None:
    assert method_name(title) == name


@pytest.mark.parametrize(
    ("verb", "other"),
    [
        ("studies", "study"), ("presents", "present"), ("addresses", "address"), ("uses", "use"),
        ("focuses", "focus"), ("analyzes", "analyze"), ("reaches", "reach"), ("showed", "showed"),
    ],
)  # fmt: skip
def test_what_a_paper_does_its_authors_do(verb: str, other: str) -> None:
    assert of_several(verb) == other
