"""Words of every field, which name no theme: lists for :mod:`assistant.themes.phrases`."""

from __future__ import annotations

BREAKING = frozenset(
    """
    according achieve achieved achieves achieving across additionally address addresses addressing
    against aim aimed aims allow allowing allows along already always among applied applies apply
    applying argue argues attacking become becomes bring brings called can't cannot capture captures
    cause causes compare compared compares comparing concerning consider considered consists contain
    contains create creates defend defending defends demonstrate demonstrated demonstrates
    demonstrating denote depend depends derive derived describe described describes detect detects
    determine determined develop developed develops directly discuss discussed discusses due e.g
    effectively efficiently eg either eliminate eliminates employ employed employs enable enabled
    enables enabling encode encodes enhance enhances enhancing ensure ensures especially etc
    evaluate evaluated evaluates even every examine exhibit exhibits existing explain explore
    explored explores extend extended extends extensive finally find finds focus focused focuses
    follow followed following follows found furthermore generally generating get give given gives go
    good greatly help helps hence highly i.e identified identifies identify ie improve improved
    improves improving include included includes including incorporate incorporates increase
    increased increases indeed indicate indicates injecting instead interactively introduce
    introduced introduces introducing investigate investigated investigates involve involves lack
    lacks lead leading leads learn learns least less leverage leveraged leverages leveraging like
    made mainly make makes making manipulating many mathbf maximize mean means meanwhile measure
    measured minimize moreover namely need needed needs nevertheless notably now observe observed
    obtain obtained obtaining obtains occur occurs often onto originally others otherwise outperform
    outperforming outperforms particularly per perform performed performs play plays posed possible
    potentially precisely predict predicts present presented presents previously primarily produce
    produced produces propose proposed proposes proposing prove proved proven proves provide
    provided provides providing reach reaches recently reduce reduced reduces reducing relies rely
    relying remain remains report reported reports represent represents require required requires
    requiring respectively result resulted resulting reveal revealed reveals see seek seem select
    serve serves several show showed showing shown shows significantly similarly simply since solve
    solves solving still studied studies study suffer suffers suggest suggested suggests surpass
    surpasses surpassing tackle tackles take taken takes tend tends test tested thereby therefore
    though thus together toward towards train typically understand unlike use used uses using
    usually utilise utilises utilize utilizes utilizing validate validated verify via visualising
    visualizing want well whereas whether widely within without work works yet yield yielded
    yielding yields
    """.split()
)
"""Verbs and adverbs of abstracts: no phrase goes across them."""

EMPTY = frozenset(
    """
    ability ablation able abstract access accuracy accurate action activity addition advance
    advantage aforementioned against al algorithm alternative amount analyse analysis analyze
    analyzing answer appendix application approach appropriate architecture area art article
    arxiv aspect assumption attempt author available average background based baseline basis
    behavior behaviour benchmark benefit best better big bit block body bound broad building
    capability capacity carefully case central certain cf challenge challenging change channel
    character characteristic choice class clear close cm code com combination combined combining
    common community comparable comparison competitive complete complex complexity component
    comprehensive computation computational compute concept conclusion condition consequence
    considerable consistent constraint construction content context contrast contribution
    control conventional core correct corresponding cost couple critical crucial current data
    dataset date day deal decrease dedicated deep definition degree demand design desired detail
    detailed development difference different difficult difficulty dimension direct direction
    discovery distinct diverse diversity doi domain downstream dramatic driven early ease easily
    easy effect effective effectiveness efficacy efficiency efficient effort element empirical
    end end-to-end entire environment equal error essential estimate et evaluation evidence
    exact example excellent existence experiment experimental experimentally explicit
    exploration expressive extension extensively extent extra fact factor family far fast faster
    favorable feasible feature few field final fine first five fixed flexible form formulation
    foundation four fraction framework free fresh full fully function functional fundamental
    future gain gap general generalize generic github goal great group growing half hand hard
    high higher history hour http https human hundred hz idea ideal identical ii iii impact
    implementation implication importance important impressive improved improvement increasing
    independent individual inferior influence information inherent initial inner input insight
    inspired instance integrate integration intelligence interest interesting interpretation
    introduction intuition io issue iv joint key kg kind km knowledge known large large-scale
    larger last late later latest layer learned learning length level light limit limitation
    limited line linear list literature little local long loss low lower machine main maintain
    maintaining major manner mathematical matter max maximum mechanism member meta method
    methodology metric million min minimal minimum minor minute mm mode model modeling modelling
    modern modification module motivation multiple natural nature necessary network neural new
    next nm node non non-trivial nontrivial normal notable notion novel number numerical
    numerous object objective observation obvious old one-shot open operation opportunity
    optimal option order ordinary org original outcome output overall overview own page paper
    paradigm parameter part partial particular pattern people percent performance period
    perspective phase phenomenon pipeline plain platform point popular portion possibility
    potential power powerful practical practice practitioner pre precise preliminary preprint
    presence presentation pretrained previous primary principle prior problem procedure process
    processing program progress project prominent promising proper property proposal prospect
    public publicly purpose quality quantitative quantity question quick range rapid rare rate
    ratio raw real real-world realistic reason reasonable recent recipe reduction reference
    regime region regular related relation relationship relative relevant reliable remarkable
    research researcher respect respectively response rest restricted review rich right rigorous
    rise risk robust role room round rule sample scale scaling scenario scheme science
    scientific scientist scope score second section seminal sense sensitive sequence series
    serious set setting setup shape short significant similar similarity simple simplicity
    simulation single site situation size skill slow slower small smaller so-called software
    solid solution sophisticated sota source space special specific speed stage standard
    standing start state state-of-art state-of-the-art static step straightforward strategy
    strength strong structural structure style subject subset substantial success successful
    suitable sum summary superior superiority supplementary support surprising survey synthetic
    system systematic table target task technique technology term text theoretical theory thing
    third thousand three tight time today token-based tool topic total traditional trained
    training transfer treatment trend trivial true turn twice two type typical understanding
    unified unifying unique unit universal unknown url usage use useful user utility valid
    validity valuable value variable variant variation variety various vast version view vital
    vs way weak weight whole wide wider widespread word world worse worth www year zero
    """.split()
)
"""Words that say nothing alone, as they stand in papers of every field."""

NEVER_FIRST = frozenset(
    """
    ability ablation able additional aforementioned approach architecture art attacked based
    baseline benchmark best better better-performing bigger billion certain challenging clear common
    comparable competitive comprehensive considerable corresponding crucial current dataset detailed
    different difficult diverse easy effective efficient empirical end entire essential excellent
    experiment experimental extensive few final first five four full further future general good
    great growing high higher hundred ii iii important impressive improved increasing individual
    initial interesting key known larger last latest learned limited longer low lower main major
    many method million minimal model modern more most multiple necessary new next notable novel
    numerous obvious old original overall paper particular performance popular possible potential
    powerful practical preliminary previous primary prior promising proper proposed publicly
    qualitative quantitative rapid recent related relevant remarkable result resulting rich rigorous
    same second several shorter significant similar simple simpler single small smaller so-called
    sophisticated special specific standard state-of-the-art straightforward strong subsequent
    substantial successful such suitable superior surprising systematic task ten theoretical third
    thousand three total traditional two typical unique usual valuable various vast whole wide
    widespread
    """.split()
)
"""What says how good or how new something is, not what it is."""

NEVER_LAST = frozenset(
    """
    able adaptive additional adversarial arbitrary art artificial automated automatic available
    aware based bayesian better big causal challenging classical coarse common complex
    comprehensive computational contextual continuous conventional convolutional cross current
    deep deeper dense different differentiable discrete diverse double driven dual dynamic
    effective efficient end entire existing experimental explicit extensive fast faster few fine
    fixed flexible free full functional fundamental general generalized generative generic
    global good gradually great guided hard hidden hierarchical high higher hybrid implicit
    important improved independent individual inner intelligent internal joint key known large
    large-scale larger latent learnable learned level lightweight like limited linear local long
    longer low low-rank lower main massive mathematical medical meta mixed modern modular multi
    multi-head multi-modal multi-scale multilingual multimodal multiple natural neural new non
    nonlinear novel numerical one open optimal oriented original other parallel partial
    particular passive permutation popular possible powerful practical pre-trained pretrained
    previous prior private promising proposed public quadratic quantitative random rapid raw
    real real-time real-world recent recurrent related relative relevant residual robust
    scalable scientific self self-supervised semantic semi sequential shallow shared short
    significant similar simple single small smaller social sparse spatial special specific
    spectral standard state-of-the-art static statistical stochastic strong structural
    structured sub-quadratic subquadratic successful suitable super supervised symbolic
    synthetic temporal textual theoretical top traditional trained typical unified unique
    universal unlabeled unseen unstructured unsupervised useful various vast visual well-known
    whole wide zero
    """.split()
)
"""Words that belong to the word after them; as many adjectives as abstracts use."""

NEVER_ALONE = frozenset(
    """
    abstraction agent annotation assistant attack attention audio autoregressive beyond bias biology
    byte cell chemistry classification classifier cluster codebook color conditioning confidence
    convolution corpora corpus correlation decoder decoding demonstration density detection detector
    digital distribution document domain dynamics embedding encoder encoding energy english ensemble
    entropy error expert fidelity filter flow frame game generation generator goal gradient graph
    hardware head health hypothesis image inference intelligence item label landscape language
    latency layer likelihood loss map mask matching matrix memory mixture molecule motion navigation
    neuron noise norm online operator optimisation optimization optimizer pair patch path patient
    perception perturbation physics pixel policy position prediction prior probability programming
    prompt query reasoning recognition regression regularization representation resolution response
    retrieval reward robustness rule sampling search searching segment selection sentence sharing
    signal similarity sparsity speaker speech stability statistic student symmetry synthesis theorem
    throughput token traffic trajectory transformation transition translation tree update vector
    video vision vocabulary voice web window worker
    """.split()
)
"""Nouns too wide to name a theme of papers on one topic alone: "noise", "tokens"."""
