"""The words by which a sentence tells of an aspect: what is read where there is no parser.

One place for them, so that the sentence that states an aspect and the few words shown of it are
found by the same words.
"""

from __future__ import annotations

import re

from assistant.answering.wording import method_name
from assistant.text.clean import readable


def _words(pattern: str) -> re.Pattern[str]:
    # Not within "tissue-restricted": that is the name of something.
    return re.compile(rf"(?<![\w-])(?:{pattern})", re.IGNORECASE)


_TEXT = (
    r"(?:(?!previous|prior|earlier|existing|recent|other)[\w-]+ )?"
    r"(?:paper|work|study|article|thesis|report|letter|review|survey|research|project)\b"
)
"""What authors call what they wrote: "paper", "technical report"."""
_OWN = (
    rf"(?<![\w-])(?i:we\b|our\b|(?:this|the present) {_TEXT}|"
    r"the proposed\b|the authors?\b)"
)


def own_work(title: str) -> re.Pattern[str]:
    """Return the words by which a paper with this title speaks of the work of its own authors.

    They are "we", "this study" and the like, and the name that the title gives to the work.
    """
    name = method_name(readable(title))
    return re.compile(rf"{_OWN}|(?<!\w){re.escape(name)}(?!\w)" if name else _OWN)


BACKGROUND = re.compile(
    r"^(?:recent|existing|previous|prior|traditional|conventional|current|most|many|although|"
    r"earlier)\b|(?<!\bwe )\b(?:have|has) (?:recently |been |also |often )*(?:achieved|shown|"
    r"demonstrated|become|seen|led|proposed|developed|introduced)\b",
    re.IGNORECASE,
)
OF_OTHERS = _words(
    r"(?:existing|previous|prior|earlier|traditional|conventional|current|standard|classical|"
    r"other|these|such) (?:[\w-]+ ){0,3}(?:methods?|approaches|models?|work|works|algorithms?|"
    r"techniques|networks?|systems?|studies|solutions|architectures|collections|datasets)\b"
)

_SUBJECT = rf"(?:(?<!that )(?<!which )(?<!as )we|(?:this|our|the present) {_TEXT}|authors?)"
_STUDYING = (
    r"(?:stud(?:y|ies|ied)|investigat(?:es?|ed)|explor(?:es?|ed)|address(?:es|ed)?|"
    r"consider(?:s|ed)?|tackle[sd]?|solve[sd]?|answer(?:s|ed)?|examin(?:es?|ed)|"
    r"focus(?:es|ed)?(?: on)?|"
    r"analy[sz](?:es?|ed)|revisit(?:s|ed)?|diagnos(?:es?|ed)|aims?|aimed|"
    r"look(?:s|ed)? (?:at|into|for)|"
    r"tested(?: here)?(?= (?:the|whether|if)\b)|turn(?:s|ed)? to|ask(?:s|ed)?|search(?:es|ed)? for)"
)
STUDIES = _words(
    rf"{_SUBJECT}(?: \w+){{0,2}} {_STUDYING}\b|(?:the|a|this) (?:problem|task) of\b|"
    r"(?:goal|aim|purpose|objective)s? (?:of (?:[\w-]+ ){1,5})?(?:is|are|was|were)\b|"
    r"(?:objectives?|aims?|purpose):? to\b"
)
STUDIED = _words(
    rf"{_SUBJECT}(?: \w+){{0,2}} (?!aim|ask){_STUDYING}(?: on)? (?=\w)|"
    r"(?:the|a|this) (?:problem|task) of (?=\w)|(?:objectives?|aims?|purpose):? (?=to\b)|"
    rf"{_SUBJECT}(?: \w+)? aim(?:s|ed)? to |"
    r"(?:goal|aim|purpose|objective)s? (?:of (?:[\w-]+ ){1,5})?(?:is|are|was|were) to "
)
"""Behind it stands what is studied."""
PURPOSE = re.compile(
    r"^(?:[^,]{0,30}, )?to (?:further |better )?(?:investigate|assess|determine|test|understand|"
    r"examine|explore|study|evaluate|identify|characteri[sz]e|clarify|address the role|measure|"
    r"establish|elucidate|define)\b",
    re.IGNORECASE,
)
OPENS_WORK = re.compile(rf"^in (?:this|the present) {_TEXT}", re.IGNORECASE)
BESIDES = re.compile(
    r"^(?:finally|furthermore|moreover|additionally|in addition)\b|\b(?:we|paper|study) "
    r"(?:also|further|additionally)\b",
    re.IGNORECASE,
)
NAMES_TASK = _words(
    r"(?:methods?|approach(?:es)?|frameworks?|models?|architectures?|algorithms?|networks?|systems?|"
    r"techniques?|way|ways|strategy|strategies|mechanism|benchmark|data ?set|corpus|tool|toolkit|"
    r"library|procedure|scheme|solution|pipeline|measure|metric) "
    r"for (?=(?!(?:this|these|that|such|the first|a|an|each|use|which)\b)"
    r"(?:(?!that\b|which\b)[^\s,;:(]+ ){2}[^\s,;:(]+)"
)
"""Behind it stands what something is for."""
ABLATES = _words(r"ablat")
"""What a part of the work is good for is not its headline result."""
_BETWEEN = r"(?:(?!\b(?:we|show|find|and|which|that|been|(?<!aim )(?<!aims )to)\b)[^.;:]){0,60}?"
_NOT_PROPOSED = (
    r"(?! (?:(?:some|strong|new|novel|further|the|an?|first|empirical|theoretical|our|more|deep|"
    r"detailed|extensive|experimental) )*(?:evidence|results?|insights?|findings?|outlook|"
    r"understanding|overview of (?:the|our) results|that)\b)"
)
_PROPOSING = (
    r"(?:proposes?|proposing|introduces?|presents?|develops?|devises?|designs?(?= \w)|describes?|"
    r"formulates?|formali[sz]es?|provides?(?= (?:an?|the)\b)|derives?|suggests?|constructs?|"
    r"builds?(?! (?:up)?on\b)|creates?|contributes?|adapts?|combines?|offers?|"
    r"puts? forward)"
)
_PROPOSED_ONCE = (
    r"(?:proposed|introduced|presented|developed|devised|designed|described|formulated|"
    r"provided(?= (?:an?|the)\b)|derived|suggested|constructed|built(?! (?:up)?on\b)|created|"
    r"contributed|adapted|combined|offered|made)"
)
_PROPOSES = (
    rf"{_SUBJECT}\b(?:{_BETWEEN}(?<![\w-]){_PROPOSING}|"
    rf"(?: (?!been|is|are)\w+){{0,2}} {_PROPOSED_ONCE}|"
    r"[^.;:]{0,80}? and (?:then |further |also )?(?:propose|introduce|present|develop|design)s?)"
    rf"\b{_NOT_PROPOSED}"
)
PROPOSES = _words(_PROPOSES)
PROPOSED = _words(rf"{_PROPOSES}(?: (?:and [a-z]+|the use of|to use))? (?=\w)")
"""Behind it stands what is proposed."""
IS_PROPOSED = _words(
    r"(?:is|are) (?:\w+ly |also |then |further |first |here )?"
    r"(?:proposed|introduced|presented|developed)\b(?! (?:by|previously)\b)"
)
WORKS_BY = _words(
    r"(?:our|the proposed|this) (?:[\w-]+ ){0,2}(?:method|model|approach|framework|architecture|"
    r"algorithm|network|system|technique|procedure|remedy|solution|idea)\b.{0,40}\b(?:is based|"
    r"uses|relies|consists|combines|is composed|learns|exploits|leverages|works|employs|keeps|"
    r"trains|replaces|adds|treats)\b|(?<!that )we (?:\w+ly |also |first |then )?(?:used?|"
    r"train(?:ed)?|apply|applied|extend(?:ed)?|leverage[sd]?|employ(?:ed)?|utili[sz]ed?|repeat(?:ed)?|"
    r"modify|modified|perform(?:ed)?|conduct(?:ed)?|integrated?|buil[dt] (?:up)?on)\b|"
    r"(?:our|the) (?:main |key )?contribution is\b"
)
LACKS = _words(
    r"however|challeng|difficult|hard\b|limit(?:s|ed|ing|ations?)\b|(?<!the )limit\b|suffer|fail|"
    r"lack(?:s|ed|ing)?\b(?! some)|no (?:[\w-]+ ){1,4}(?:has|have|exists?)\b|"
    r"cost(?:s|ly)\b|expensive|unable|cannot|can not|not (?:well|yet|always|clear)|remains?|"
    r"(?<!a )little (?:is|work|attention|research|understanding|progress|use|was|has|evidence|"
    r"insight|effort)\b|vulnerab|sensitive|"
    r"unclear|poor|inefficien|sub-?optimal|drawback|bottleneck|prone|restrict|ignor|neglect|"
    r"struggl|brittle|open (?:question|problem)|obstacle|unfortunately|despite|scarc|tedious|"
    r"(?:main|key|serious|this|these|such|(?<!is )the) (?:problem|issue)s? (?:is|are|of|with)|"
    r"(?:severe|serious|several|main) issues?\b|hinder|imped(?:e|ing)|obscur|prevents? \w+ from|"
    r"exacerbat|mislead|time[- ]consuming|too (?:large|slow|many|small|expensive)|catastrophic|"
    r"overfit|overlook|unstable|ill-posed|(?:are|is) (?:\w+ly )?slow\b|"
    r"(?:is|are|remains?|still|yet|largely|mainly|currently) unknown|elusive|"
    r"poorly|not understood|"
    r"requires? (?:large|huge|massive|many|careful|expert)"
)
MENDS = _words(
    r"(?:overcom|address|alleviat|mitigat|tackl|solv|circumvent|remed)\w* (?:this|these|such|those|"
    r"the (?:above|aforementioned)) (?:[\w-]+ )?[\w-]+"
)
"""What is done against what is lacking is not what is lacking."""
TURNS = _words(r"however|unfortunately|despite|although|yet\b|nevertheless|but\b|while\b")

NUMBER = re.compile(
    r"(?<![\w.-])(?:[\d.,]*\d\s?(?:%|×|x\b|-?fold\b|times\b|percent|points?\b|dB\b|ms\b|BLEU|F1|mAP|"
    r"orders? of magnitude)|\d+\.\d+(?!\s?(?:[BMK]|[bm]illion)\b))"
    r"|\borders? of magnitude",
    re.IGNORECASE,
)
_ACHIEVES = r"achiev(?!\w* (?:this|that|it|these|such|the above)\b)"
OUTCOME = _words(
    r"outperform|surpass|exceed|state-of-the-art|state of the art|superior|better|improv|reduc|"
    r"faster|higher|lower\b|fewer|comparable|competitive|on (?:a )?par|significant|"
    rf"effective|{_ACHIEVES}|"
    r"match(?:es|ed)?\b(?! (?:by|for|in|with|diagnos|control|pair|case|sample|group))|optimal|"
    r"perform(?:s|ed)? (?:the )?(?:best|well)|robust|consistently|generaliz|accura|alleviat|"
    r"prevent|increas|ahead of|beats?\b|best (?:published |reported )?results|"
    r"(?:about|nearly|almost|just) as (?:well|good|accurate)|decreas|"
    r"(?:is|are|was|were) (?:\w+ )?associated with|"
    r"efficacy|gain(?:s|ed)? (?:of )?\d"
)
FINDS = _words(
    r"experiment|results?\b|empirical|evaluat|we (?:\w+ ){0,2}(?:show|demonstrate|f(?:ind|ound)|"
    r"prov(?:e|ed)\b|observe|confirm|establish|conclude(?! by\b))|shows? that|outperform|"
    rf"{_ACHIEVES}|demonstrat|"
    r"surpass|findings|our analysis|match(?:es|ed)\b (?:the|or|that|those)|prevented|dominant|"
    r"ahead of|beats\b"
)
STATES_FINDING = _words(
    r"we (?:\w+ ){0,2}(?:show|demonstrate|f(?:ind|ound)|prov(?:e|ed)|observe|confirm|establish|"
    r"conclude|report)\w*(?: \w+ly)?(?: here)? that\b|(?:results?|data|findings|analys[ie]s|"
    r"observations|experiments|studies|study|assays?)\b[^.;,]{0,40} (?:show|demonstrat|indicat|"
    r"reveal|suggest|confirm|establish)\w* that\b"
)

_DATA_NOUN = (
    r"(?:data ?sets?|benchmarks?|corpora|corpus|collections?|test sets?|test suite|treebank)"
)
# Atomic: of a list of capitals every name could else be read in several ways.
_NAME = r"(?>[A-Z][\w'-]*[A-Z\d][\w.+/'-]*|[A-Z]{2,}[\w-]*|[A-Z][a-z]+[A-Z\d]\w*)"
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
_LISTED = (
    rf",? (?:like|such as|including|namely|e\.g\.,?) {_NAME}(?:(?:,|,? and|,? or) {_NAME}){{0,8}}"
)
_NO_PART = r"(?!(?:on|in|of|across|can|is|are|and|or|for|to|with|by|over|from|that|as|the)\b)"
_COUNT = (
    r"(?<![\w.×*-])(?<![×x*] )(?:\d[\d,.]*\s?(?:k|K|M|B|million|billion|thousand)?\+?|"
    r"two|three|four|five|six|seven|eight|nine|"
    r"ten|eleven|twelve|twenty)"
)
_PLAIN = (
    r"(?:different|various|real|real-world|benchmark|public|popular|standard|large|large-scale|"
    r"challenging|other|diverse|multiple|commonly|widely|used|available|publicly|new|distinct|"
    r"synthetic|common|recent|open|well-known|data|small|of|the)"
)
_MADE_OF = (
    r"(?:images?|sentences|examples|papers|documents|abstracts|hours of|questions|pairs|videos|"
    r"samples|patients|subjects|articles|tweets|utterances|annotations|data ?sets|benchmarks|"
    r"corpora|languages|tokens|participants|individuals|volunteers|women|men|adults|children|"
    r"infants|mice|rats|admissions|people|persons|specimens|genomes|trials|reviews|recordings|"
    r"passages)"
)
IMPLIES = _words(
    r"(?:findings|results|work|study|insights) (?:may |can |could |will |not only |also |thus |"
    r"should )*"
    r"(?:contribut|have (?:\w+ )?implications|allow|help|pave|open|hold|inform|"
    r"(?:provide|offer)s? (?:\w+ )?insights?\b)|we (?:\w+ ){0,2}(?:hope|envision)\b|"
    r"we (?:\w+ )?believe (?:that )?(?:this|these|our|the proposed)\b"
)
"""What may come of a result is none, and hopes are none."""

DATA = re.compile(
    rf"(?:\b{_KNOWN_DATA}(?![a-z])[\w-]*(?:[ ']\d{{2,4}}\b)?"
    rf"(?:(?:, {_NAME}){{0,8}},? (?:and|or) {_NAME}|(?:, {_NAME}){{1,8}}(?=, etc))?"
    rf"(?:(?: {_NO_PART}[\w-]+){{0,2}} {_DATA_NOUN}\b)?"
    rf"|{_COUNT} (?:{_NO_PART}[\w-]+ ){{0,4}}?"
    rf"(?!{_PLAIN} ){_NO_PART}[\w-]+ (?:{_NO_PART}[\w-]+ ){{0,2}}?"
    rf"(?:data ?sets|benchmarks|corpora|test sets)\b(?:{_LISTED})?"
    rf"|\b(?:[\w-]+ )?{_DATA_NOUN}{_LISTED}"
    rf"|(?<!\w)[a-z]?{_NAME}(?:(?:,|,? and|,? or) {_NAME}){{0,8}}"
    rf"(?:,? {_NO_PART}[\w'-]+){{0,3}}? {_DATA_NOUN}(?:(?: and)? {_DATA_NOUN})?\b"
    rf"|(?<=[a-z,] )[A-Z][a-z]+(?: {_NO_PART}[\w-]+){{0,3}}?"
    r" (?:data ?sets?|corpus|corpora|benchmark)\b"
    rf"|\b{_COUNT}\s(?:{_NO_PART}[\w-]+\s){{0,3}}{_MADE_OF}\b(?!-)"
    rf"(?: (?:of|from|in) (?:the )?{_NAME}(?: (?:and {_NAME}|v?\d[\d.]*)\b)*(?: {_DATA_NOUN}\b)?)?)"
)
IS_KNOWN_DATA = re.compile(_KNOWN_DATA)
USES_DATA = _words(
    r"on\b|dataset|data set|benchmark|corpus|corpora|collect|challenge|images|sentences|documents|"
    r"trained|evaluat|experiment|using|from|in\b|enrolled|recruited|analy[sz]ed|included|"
    r"studied|reviewed"
)
_MEMORY = (
    r"memory(?=[- ](?:usage|use|footprint|costs?|consumption|requirements?|overhead|budgets?|"
    r"complexity|traffic|bandwidth|efficien|access|savings?|reduction|demand|bound|"
    r"and (?:time|comput|storage|speed)))|"
    r"(?:peak|less|more|amounts? of|terms of|use of|B of|in|and|B|little|GPU) memory\b"
    r"(?! (?:impair|defici|tasks?|cell|T\b|B\b|loss|perform|networks?))"
)
_COMPUTES = r"(?:train|inference|GPU|TPU|CPU|run|comput|search|hardware|machine|algorithm|epoch)"
COST = _words(
    rf"{_MEMORY}|GPUs?\b|TPUs?\b|FLOPs?\b|(?:number of|fewer)(?: trainable| model| extra)? "
    r"parameters|(?:only|just|requires?|needs?) \d[\d.]*\s?(?:[MBK]|million|billion)? parameters|"
    r"(?:trainable|extra|additional) parameters|latenc|throughput|run-?time|running time|"
    r"(?:training|inference|test|computation|computing|execution|wall-?clock|search|similar) "
    r"(?:time|costs?|speed)s?|"
    rf"(?:seconds?|minutes?|hours?|days)\b(?=.*\b{_COMPUTES})|speed-?ups?|"
    r"faster (?=than|train|inference|converg|run|wall|comput|per|on)|(?<=× )faster|(?<=x )"
    r"faster|(?<=% )faster|(?<=times )faster|(?<=magnitude )faster|trained faster|"
    r"energy (?:consum|cost|efficien|usage|use)|"
    r"comput(?:e|ations?|ational(?:ly)?)\b(?! (?:the|an?|its|their|more|model|method|biolog|"
    r"linguist|"
    r"approach|analys|framework|tool|theor)\w*)|"
    r"(?:sample|time|space|linear|quadratic) complexity|complexity of|cheaper|cheap\b|"
    r"costs?\b|overhead|linear time|storage|model size|paralleli[sz]|footprint|bandwidth|"
    r"(?:memory|computationally|time)[- ]efficient|"
    r"parameter[- ]efficient(?![- ](?:fine|transfer|tuning|learning))|efficient in"
)
SAVES = _words(
    r"reduc|less\b|lower (?!bound)|fewer|faster|speed(?:s|ed)?(?:-| )?up|speeds\b|smaller|"
    r"sav(?:e|es|ing)|cheap|negligible|"
    r"decreas|linear (?:time|complexity)|efficient\b(?!-)|at (?:no|little|the same)|"
    r"improvements? over|paralleli[sz]|similar time"
)
HARD_COST = re.compile(
    r"\d(?:\s?\$\\?times\$)?\s?(?:×|x\b|times|-?fold|%|GB|MB|ms|hours?|days?|minutes?|seconds?|GPUs?|TPUs?|"
    r"(?:M|B|million|billion)?\s?(?:trainable )?parameters)|O\(|orders? of magnitude",
)
CODE = re.compile(
    r"\b(?:code|implementations?|software|source|toolkit|package|weights|checkpoints|"
    r"(?:pre-?trained |trained )?models?|data ?sets?|corpus|benchmark|library|demo)\b"
    r"(?:(?!\b(?:not|no|few|rarely)\b)[^.;]){0,70}?\b(?:available (?:at|on|under|online|here|for "
    r"download)|(?:publicly|freely|openly|made|is|are|be) (?:\w+ )?available|"
    r"(?:be|is|are|been) (?:publicly )?(?:released|open[- ]sourced|published)|found at)"
    r"|\b(?:code|implementation|software|source) (?:is|are) (?:public|open|online|at)\b"
    r"|\b(?:is|are) (?:(?:freely|publicly|openly) available (?:to|at|on|under|from|online|for)|"
    r"available\b[^;]{0,60}https?:)"
    r"|\bwe (?:\w+ ){0,3}(?:release|open[- ]source|publish)\b[^.;]{0,80}?\b(?:code|models?|"
    r"data|data ?sets?|corpus|benchmark|toolkit|library|package|software|implementation|weights)"
    r"|\bwe (?:\w+ ){0,3}make\b[^.;]{0,80}?\b(?:available|public)"
    r"|\b(?:code|implementation|models?|data)\b[^;]{0,60}https?:|github\.com|gitlab\.com|bitbucket\.org"
    r"|huggingface\.co",
    re.IGNORECASE,
)

PART = re.compile(
    r"(?:(?P<task>(?i:objectives?|aims?|purpose))|(?P<method>(?i:methods?|design|methodology))|"
    r"(?P<result>(?i:(?:main )?results?|findings)))(?::|(?<=[A-Z])(?= ))"
)
"""The heading of a part of a structured abstract, by the aspect that it is about."""
