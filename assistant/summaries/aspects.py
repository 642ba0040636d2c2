"""What a paper says of each aspect that one may ask of any paper, or that it says nothing of it.

A sentence states an aspect if words of its own say so (a gate: without it "not stated" is the
answer), and of those that do the one with most of such words is taken. Where an evidence ranker is
loaded it reads the sentences as answers to a question about the aspect and has a say in the order;
it cannot tell "not stated", so it never opens a gate. Precision and recall on 80 abstracts
labelled by hand (``training/aspects.jsonl``): ``benchmarks/summaries.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.llm.ranker import EvidenceRanker, passage
from assistant.retrieval.evidence import cut_sentences
from assistant.retrieval.ranked import Sentence
from assistant.summaries.cells import short_quote
from assistant.summaries.types import Aspect
from assistant.text.clean import readable
from assistant.text.words import content_stems
from assistant.types import Paper

ASPECTS: tuple[Aspect, ...] = ("task", "problem", "method", "data", "result", "cost", "code")

_RANKER_WEIGHT = 0.15
"""Of the ranker's log-odds that a sentence answers the question about an aspect."""

_MUCH_OF_TITLE = 0.5
"""A sentence that says as much of the title says what the paper is about."""

QUESTIONS: Mapping[Aspect, str] = {
    "task": "What task or question do the authors study?",
    "problem": "What is the problem with existing methods?",
    "method": "What method do the authors propose?",
    "data": "Which datasets and benchmarks were used?",
    "result": "What results were achieved?",
    "cost": "How much computation, memory or time is needed?",
    "code": "Where is the code available?",
}


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})", re.IGNORECASE)


_OWN = _words(
    r"we\b|our\b|(?:this|the present) (?:paper|work|study|article|thesis|report)\b|"
    r"the proposed\b|the authors?\b"
)
_BACKGROUND = re.compile(
    r"^(?:recent|existing|previous|prior|traditional|conventional|current|most|many|although)\b|"
    r"\b(?:have|has) (?:recently |been |also )*(?:achieved|shown|demonstrated|become|seen|led)\b",
    re.IGNORECASE,
)
_STUDIES = _words(
    r"(?:we|(?:this|our) (?:paper|work|study|article))(?: \w+){0,2} (?:stud(?:y|ies)|investigat|"
    r"explor|address|consider|tackle|examin|focus|analy[sz]|revisit|diagnos|aim|look|turn|ask)|"
    r"(?:the|a|this) (?:problem|task) of|(?:goal|aim|purpose|objective) (?:of|is)"
)
_PROPOSES = _words(
    r"(?:we|paper|work|study|article|authors?)\b(?:(?!\b(?:we|show|find|and)\b).){0,60}?\b"
    r"(?:propos|introduc|present|develop|devis|design|describ|formulat|provide (?:an?|the)\b|deriv|"
    r"suggest|construct|buil[dt]\b|create|contribut|adapt|combin|offer|made\b|put forward)"
)
_WORKS_BY = _words(
    r"(?:our|the proposed|this) (?:\w+ ){0,2}(?:method|model|approach|framework|architecture|"
    r"algorithm|network|system|technique|procedure)\b.{0,30}\b(?:is based|uses|relies|consists|"
    r"combines|is composed|learns|exploits|leverages|works|employs)|we (?:use|train|apply|extend|"
    r"leverage|employ|utili[sz]e)"
)
_LACKS = _words(
    r"however|challeng|difficult|hard\b|limit|suffer|fail|lack|cost(?:s|ly)\b|expensive|unable|"
    r"cannot|can not|not (?:well|yet|always|clear)|remains?|little\b|vulnerab|sensitive|"
    r"unclear|poor|inefficien|sub-?optimal|drawback|bottleneck|prone|restrict|ignor|neglect|"
    r"struggl|brittle|open (?:question|problem)|obstacle|unfortunately|despite|scarc|tedious|"
    r"(?:main|key|serious|this|these|such|the) (?:problem|issue)s? (?:is|are|of|with)|"
    r"exacerbat|mislead|time[- ]consuming|too (?:large|slow|many)|catastrophic|overfit|"
    r"unstable|ill-posed|requires? (?:large|huge|massive|many|careful|expert)"
)
_TURNS = _words(r"however|unfortunately|despite|although|yet\b|nevertheless|but\b|while\b")

_NUMBER = re.compile(
    r"(?<![\w.-])(?:[\d.,]*\d\s?(?:%|×|x\b|-?fold\b|times\b|percent|points?\b|dB\b|ms\b|BLEU|F1|mAP|"
    r"orders? of magnitude)|[\d]+\.\d+)"
    r"|\borders? of magnitude",
    re.IGNORECASE,
)
_OUTCOME = _words(
    r"outperform|surpass|exceed|state-of-the-art|state of the art|superior|better|improv|reduc|"
    r"faster|higher|lower\b|fewer|comparable|competitive|on par|significant|effective|achiev|"
    r"match(?:es|ed)?\b|optimal|perform(?:s|ed)? (?:the )?(?:best|well)|robust|"
    r"consistently|generaliz|accura|alleviat|prevent|increas"
)
_FINDS = _words(
    r"experiment|results?\b|empirical|evaluat|we (?:\w+ ){0,2}(?:show|demonstrate|find|prove|"
    r"observe|confirm|establish)|shows? that|outperform|achiev|demonstrat|surpass|findings|"
    r"our analysis|match(?:es|ed)\b|prevented|dominant"
)
_DATA_NOUN = (
    r"(?:data ?sets?|benchmarks?|corpora|corpus|collections?|test sets?|test suite|treebank)"
)
_NAME = r"(?:[A-Z][\w'-]*[A-Z\d][\w.+/'-]*|[A-Z]{2,}[\w-]*|[A-Z][a-z]+[A-Z\d]\w*)"
_KNOWN_DATA = (
    r"(?:ImageNet|CIFAR|MNIST|SVHN|Fashion-?MNIST|CelebA|LSUN|COCO|PASCAL|Cityscapes|KITTI|ADE20K|"
    r"SQuAD|GLUE|SuperGLUE|MNLI|SNLI|WMT|IWSLT|WikiText|Penn Treebank|PTB|CoNLL|OntoNotes|bAbI|"
    r"LibriSpeech|TIMIT|WSJ|VCTK|Omniglot|[Mm]ini-?ImageNet|Atari|MuJoCo|DeepMind Lab|OpenAI Gym|"
    r"Cora|Citeseer|Pubmed|PubMed|Reddit|Visual Genome|VQA|CLEVR|MovieLens|Netflix|TriviaQA|"
    r"HotpotQA|CoQA|QuAC|SCONE|RACE|HellaSwag|WinoGrande|XSum|Gigaword|Europarl|CNN/Daily ?Mail|"
    r"Kinetics|UCF-?101|Something-Something|Charades|AudioSet|ShapeNet|ModelNet|UCI|MIMIC|"
    r"Common ?Crawl|C4|The Pile|BookCorpus|Wikipedia|LAMBADA|MMLU|GSM8K|HumanEval|MATH|LRA|"
    r"Long[- ]Range Arena|FFHQ|DIV2K|nuScenes|Waymo|LAION|BSDS500|enwik8|text8|MS ?MARCO|BEIR)"
)
_DATA = re.compile(
    rf"(?:\b{_KNOWN_DATA}(?![a-z])[\w-]*"
    rf"|{_NAME}(?:(?:,|,? and|,? or) {_NAME}){{0,8}}"
    r"(?:,? (?!(?:on|in|of|can|is|are|and|for|to|with|by|over)\b)[\w'-]+){0,3}?"
    rf" {_DATA_NOUN}\b"
    r"|(?<=[a-z,] )[A-Z][a-z]+(?: (?!(?:on|in|of|is|are|and|for|to|with)\b)[\w-]+){0,3}?"
    r" (?:data ?sets?|corpus|corpora|benchmark)\b"
    rf"|\b\d[\d,.]*\s?(?:k|K|M|B|million|billion|thousand)?\+?\s(?:\w+\s){{0,2}}(?:images?|sentences|"
    r"examples|papers|documents|abstracts|hours|questions|pairs|videos|samples|patients|subjects|"
    r"articles|tweets|utterances|annotations|data ?sets|datasets|benchmarks|corpora|languages)\b)"
)
_USES_DATA = _words(
    r"on\b|dataset|data set|benchmark|corpus|corpora|collect|challenge|images|sentences|documents|"
    r"trained|evaluat|experiment|using|from|in\b"
)
_COST = _words(
    r"memory|GPUs?\b|TPUs?\b|FLOPs?\b|(?:number of|fewer|\d[\d.]*\s?[MBK]|million|billion)"
    r"(?: trainable)? parameters|latenc|throughput|run-?time|running time|(?:training|inference|"
    r"test|computation|computing|execution|wall-?clock|search|similar) (?:time|costs?|speed)|"
    r"seconds?\b|minutes?\b|hours?\b|days\b|speed-?ups?|faster|energy|comput(?:e\b|ation)|"
    r"(?:sample|time|computational|space|linear|quadratic) complexity|complexity of|cheaper|"
    r"costs?\b|overhead|linear time|storage|model size|paralleli[sz]|footprint|bandwidth|"
    r"(?:memory|parameter|computationally|time)[- ]efficient|efficient in"
)
_SAVES = _words(
    r"reduc|less\b|lower (?!bound)|fewer|faster|speed|smaller|sav(?:e|es|ing)|cheap|negligible|"
    r"decreas|linear (?:time|complexity)|efficient\b|at (?:no|little|the same)|improvements? over|"
    r"paralleli[sz]|similar time"
)
_HARD_COST = re.compile(
    r"\d\s?(?:×|x\b|times|%|GB|MB|ms|hours?|days?|minutes?|seconds?|GPUs?|TPUs?|parameters|M\b|B\b)|O\(",
)
_CODE = re.compile(
    r"\b(?:code|implementations?|software|source|toolkit|package|weights|checkpoints|"
    r"(?:pre-?trained |trained )?models?|data ?sets?|corpus|benchmark|library|demo)\b"
    r"(?:(?!\b(?:not|no|few|rarely)\b)[^.;]){0,70}?\b(?:available (?:at|on|under|online|here|for "
    r"download)|(?:publicly|freely|openly|made|is|are|be) (?:\w+ )?available|"
    r"(?:be|is|are|been) (?:publicly )?(?:released|open[- ]sourced|published)|found at)"
    r"|\bwe (?:\w+ ){0,3}(?:release|open[- ]source|publish)\b[^.;]{0,80}?\b(?:code|models?|"
    r"data|data ?sets?|corpus|benchmark|toolkit|library|implementation|weights)"
    r"|\bwe (?:\w+ ){0,3}make\b[^.;]{0,80}?\b(?:available|public)"
    r"|\b(?:code|implementation|models?|data)\b[^;]{0,60}https?:|github\.com|gitlab\.com|bitbucket\.org"
    r"|huggingface\.co",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectStatement:
    """The sentence ``abstract[start:end]`` that states an aspect."""

    paper: Paper
    aspect: Aspect
    start: int
    end: int
    text: str
    """The sentence, readable."""
    cell: str
    """A few words of it, a contiguous run of ``text``."""
    score: float

    @property
    def quote(self) -> str:
        """The whole sentence as its authors wrote it."""
        return self.paper.abstract[self.start : self.end]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a sentence stands: what goes before the authors' own work is about that of others."""

    index: int
    count: int
    first_own: int
    """Index of the first sentence in which the authors speak of their work; 0 if none does."""
    of_title: float = 0.0
    """Share of the title's words that the sentence has."""

    @property
    def is_before_own(self) -> bool:
        return self.index < self.first_own


def state_aspects(
    paper: Paper, *, ranker: EvidenceRanker | None
) -> dict[Aspect, AspectStatement | None]:
    """Return the sentence that states each aspect best; None for "not stated"."""
    sentences = [one for one in cut_sentences([paper]) if one.text]
    own = [i for i, one in enumerate(sentences) if _OWN.search(one.text)]
    titled = set(content_stems(readable(paper.title)))
    places = [
        _Place(
            index=i,
            count=len(sentences),
            first_own=own[0] if own else 0,
            of_title=len(titled.intersection(content_stems(one.text))) / max(len(titled), 1),
        )
        for i, one in enumerate(sentences)
    ]
    return {aspect: _stated(aspect, sentences, places, ranker=ranker) for aspect in ASPECTS}


def _stated(
    aspect: Aspect,
    sentences: Sequence[Sentence],
    places: Sequence[_Place],
    *,
    ranker: EvidenceRanker | None,
) -> AspectStatement | None:
    scores = {
        i: score
        for i, one in enumerate(sentences)
        if (score := cue_score(aspect, one.text, places[i])) > 0
    }
    if not scores:
        return None
    if ranker is not None and len(scores) > 1:
        title = readable(sentences[0].paper.title)
        odds = ranker.scores(QUESTIONS[aspect], [passage(title, sentences[i].text) for i in scores])
        for i, said in zip(list(scores), odds.tolist(), strict=True):
            scores[i] += _RANKER_WEIGHT * said
    best = max(scores, key=lambda i: scores[i])
    sentence = sentences[best]
    return AspectStatement(
        paper=sentence.paper,
        aspect=aspect,
        start=sentence.start,
        end=sentence.end,
        text=sentence.text,
        cell=short_quote(sentence.text, aspect, _key(aspect, sentence.text)),
        score=scores[best],
    )


_KEYS: Mapping[Aspect, tuple[re.Pattern[str], ...]] = {
    "problem": (_LACKS,),
    "result": (_NUMBER, _OUTCOME),
    "cost": (_HARD_COST, _SAVES, _COST),
    "code": (_CODE,),
}


def _key(aspect: Aspect, text: str) -> tuple[int, int] | None:
    """Return where the words stand that tell of an aspect; None if it is told by no such words."""
    if aspect == "data":
        found = [match.span() for match in _DATA.finditer(text)]
        return (found[0][0], found[-1][1]) if found else None
    matches = (pattern.search(text) for pattern in _KEYS.get(aspect, ()))
    return next((match.span() for match in matches if match), None)


def cue_score(aspect: Aspect, text: str, place: _Place) -> float:
    """Return how plainly the words of a sentence state an aspect; 0 if they do not."""
    return _SCORES[aspect](text, place)


def _task(text: str, place: _Place) -> float:
    studies, proposes = bool(_STUDIES.search(text)), bool(_PROPOSES.search(text))
    named = place.index == 0 or place.of_title >= _MUCH_OF_TITLE
    if not (studies or proposes or named) or _BACKGROUND.search(text):
        return 0.0
    late = max(0, place.index - place.first_own)
    return 0.3 + 1.2 * studies + 1.0 * proposes + 1.0 / (1 + late) + 2.0 * place.of_title


def _problem(text: str, place: _Place) -> float:
    lacks = len(set(map(str.casefold, _LACKS.findall(text))))
    if not lacks or (_PROPOSES.search(text) and not _TURNS.search(text)):
        return 0.0
    if _OWN.search(text) and not place.is_before_own and place.index > 0:
        return 0.0
    if place.index > place.first_own + 3:
        return 0.0
    return 0.5 * min(lacks, 3) + 1.0 * place.is_before_own + 0.7 * bool(_TURNS.search(text))


def _method(text: str, place: _Place) -> float:
    proposes, works = bool(_PROPOSES.search(text)), bool(_WORKS_BY.search(text))
    if not (proposes or works) or place.is_before_own:
        return 0.0
    first = place.index <= place.first_own + 2
    return 1.5 * proposes + 0.5 * works + 0.5 * first


def _data(text: str, place: _Place) -> float:
    found = [match[0] for match in _DATA.finditer(text)]
    if not found or not _USES_DATA.search(text) or _is_background(text, place):
        return 0.0
    known = bool(re.search(_KNOWN_DATA, text))
    return 1.0 + 0.5 * known + 0.3 * min(len(found), 3) + 0.5 * bool(_FINDS.search(text))


def _result(text: str, place: _Place) -> float:
    if _is_background(text, place):
        return 0.0
    number, outcome = bool(_NUMBER.search(text)), bool(_OUTCOME.search(text))
    finds = bool(_FINDS.search(text))
    plain = len(_OUTCOME.findall(text)) > 1 and place.index > place.first_own
    if not ((finds or plain) and (number or outcome)) and not (number and outcome):
        return 0.0
    late = place.index / place.count
    # What a method costs, and that it is proposed, are asked for by other names.
    other = 0.6 * bool(_COST.search(text)) + 0.6 * (bool(_PROPOSES.search(text)) and not number)
    return 0.9 + 1.5 * number + 0.7 * outcome + 0.7 * finds + 0.7 * late - other


def _cost(text: str, place: _Place) -> float:
    if _is_background(text, place) or not _COST.search(text):
        return 0.0
    saves, measured = bool(_SAVES.search(text)), bool(_HARD_COST.search(text))
    if not (saves or measured):
        return 0.0
    return 0.5 + 1.5 * measured + 0.7 * saves + 0.3 * bool(_FINDS.search(text))


def _code(text: str, place: _Place) -> float:
    return float(bool(_CODE.search(text))) * (1 + place.index / place.count)


def _is_background(text: str, place: _Place) -> bool:
    own = _OWN.search(text) is not None
    return not own and (place.is_before_own or _BACKGROUND.search(text) is not None)


_SCORES = {
    "task": _task,
    "problem": _problem,
    "method": _method,
    "data": _data,
    "result": _result,
    "cost": _cost,
    "code": _code,
}
