"""Words that abstracts of all fields share, and that therefore do not show that two papers are about the same.

Most were found in 11,803 abstracts: few abstracts that have such a word have it twice. A form stands for all others
of the same stem (``allow`` for allows, allowed and allowing). Not the list of exports/bibtex.py, which is arXiv's and
decides on the keys of BibTeX entries.
"""

STOP_WORDS = """
ability able about above absence absolute abstract accept access accessible accompany accomplish accord account
accumulate accuracy accurate achieve acquire across act actual adapt add addition additional address adequate
adjacent adjust admit adopt advance advantage affect after against agree agreement aid aim algorithmic all allow
almost alone along already also alter alternate alternative although always among amongst amount amplify
analogous analogy analyse analysis analytic analytical analyz and another answer any anyhow apart apparent
appear appearance appendix applicability applicable application apply approach appropriate approximate
approximation arbitrary are area argue argument arise around arrangement art article arxiv aside ask aspect
assemble assess assessment assign assist associate assum assumption asymptotical attach attempt attract
attractive attribute author automatically availability available average avoid away back background bas basic
basis because become been before begin behave behind being believe belong below benchmark beneath beneficial
benefit beside best better between beyond big biological biology biophysical book boost both bridge bring broad
build built but calculate calculation calibrate call can candidate cannot capability capable capture careful
carlo carry case cause center central century certain challenge chance change chapter characterise
characteristic characterization characterize check choose chosen claim clarify class classic classical clear
close coarse coefficient collect collection com combination combine come comment commentary common communicate
comparable comparative compare comparison compatible complement complementary complete complex complicate
component compose comprehensive comprise computation computational computed computer concept conceptual concern
conclude conclusion condition conduct conference confine confirm consecutive consequence consequent consider
considerable consideration consist consistent constant constituent constitute constrain constraint construct
construction consume contain context continue contrary contrast contribute contribution controlled conventional
converge convert correct correlate correspond correspondence corrigendum could counter counterpart course cover
create creation criteria criterion cross crucial current daily darpa data dataset date days deal debate decade
decide decompose decrease deeper default define definition degradation degree deliver demand demonstrate depend
dependence dependency dependent derivation derive describe description design desirable desire despite detail
detect determin determinant determination develop development deviation devise diagnose did differ difference
different differential differentiate difficult difficulty dimension dimensional direct direction discipline
discover discrete discriminate discuss discussion display distinct distinguish distributed diverse divide
document does doing dominant dominate done down downstream dramatically draw drawn drive driven due during
dynamic dynamical each earlier early easily easy effect effective effectiveness efficacy efficiency efficient
effort either elaborate element elementary elicit eliminate elucidate elusive email emerge emergence emergent
emphasis emphasize empirical employ enable encounter end enhance enhancement enough ensure entire equal
equivalent erratum especially essential establish estimate estimation etc evaluate evaluation even eventual ever
every evidence exact examine example exceed excellent exchange exclusive exert exhibit exist existence expand
expect expectation expensive experiment experimental explain explanation explicit exploit explore expose extend
extension extensive extent external extra extract extreme facilitate facs fact fail fall far fashion fast faster
favor feasibility feasible few fig figure final find fine finetune first fitting five flexible focus follow for
form formal former formula formulate formulation found foundation four framework fre freedom frequent from full
fully functionality fundamental further furthermore future general generalization generalize generated
generation generic geometrical get github give given giving global goal gold good govern gradual grained great
greater ground grow guarantee guide had half handle happen hard has have having heavy help hence here hereafter
high higher highest highlight hinder his historical hold homogeneous hope hour however http huge hundred
hypotheses hypothesis hypothesize idea identical identification identify ignore iii illustrate immediate impact
implement implementation implication imply importance important impose improve improvement includ inclusion
income incomplete incorporate increase increasingly indeed independent indicate indirect induce infer infinite
infinity influence inform informative inherent initial initiate inside insight inspire instance instead
integrative intensive inter interact interest interestingly intermediate internal interplay interpret
interpretable interpretation into intra intrinsic intrinsically introduce introduction intuition intuitive
investigate investigation involve issue iterative its itself journal just keep key know knowledge known lack
large larger largest last late later latter lead least leave led less lesson let level leverage lie like
limitation linear link list literature little lived local locate long longer look lost low lower lowest made
magnitude main maintain maintenance major majority mak make manifest manipulate manipulation manner manual many
mark massive match mathematical maximal maximization maximize may meaningful measure measurement mechanism
mechanistic mediate meet meso method methodological methodology micro might million mimic minimal minimize
minute mixed modelled moderate modern modification modify modulate monte month more moreover most motivate move
moved much multi multiple must nam name narrow nature near necessary need negative neglect neither never
nevertheless new newly next nobel non nonlinear nor normalize not notably note notion novel novo now nowadays
number numerical numerous obey objective observation observe obtain occur occurrence off offer often old once
one ongoing only onto open operate opportunity oppose opposite optimiz order org original originate other
otherwise our out outcome outline outperform output outside over overall overcome overview own pages pair paper
paradigm parameter parametric part partial participate particular past pathological per perfect perform
performance perhaps permit persist perspective phd phenomena phenomenological phenomenon physiological picture
plausible play point poor popular pos pose position positive possess possibility possible possibly powerful
practical practice pre precise predict prediction prefer preliminary preprint presence present presentation
preserve previous primary primer principal principle prior priori probability problem procedure proceeding
process produce progress progressive project prominent promise promote proper property proportion proportional
proposal propose prove proven provide public publication publish pure purpose put qualitative quality
quantification quantify quantitative quantity question quick quite raise range rapid rare rather ratio rational
reach ready real realistic realization realize reason reasonable receive recent recognize recover reduce
reduction refer refine reflect regard regardless regime regular relate relation relationship relative relevance
relevant reliable reliably rely remain remark remarkable remarkably remote remove render replace replicate reply
report represent representative reproduce require requirement research researcher resemble resolve respect
respective respond responsible restrict result retain retrieve return reveal reverse review revisit rich
rigorous rise robust robustness role routine same satisfy scalable scenario scheme science scientific scientist
second see seek seem seen select semi sensitive separate series serve set setup seven sever several shed shift
short shorter should show shown significance significant silico similar simple simpler simplest simplify simply
simulate simulation simultaneous sinc situation six slight slower small smaller sole solid solution solve some
sometime sophisticate sought source span special specialize specific specifically specify standard start
statistical step still straightforward strength strict strong stronger study sub subsequent substantial subtle
success successful successive such suffer sufficient suggest suit suitable summarize summary superior
supplementary support surprise surprisingly survey synthesize systematic systematical tackle take taken taking
technical technique technological ten tend tendency term test testable than thanks that the their them
themselves then theoretical theory there thereby therefore thereof these thesis they third this thorough those
though thousand three through throughout throughput thus today together too tool top topic total toward
tractable trade tradeoff traditional transform translate treat trend trigger trivial true truth try turn
tutorial two typical ubiquitous ultimate unclear uncover under undergo underlie underpin understand understood
uniform unify unique unit unknown unlike unprecedented until upon usage use used useful user using usual utilize
valid validate validation validity valuable value variable variation varied variety various vary vast verify
version versus very via viable view visualize vitro vivo volume want was way weak week well were what when where
whereas whereby whether which while who whose why wide widespread width will with within without workshop would
www year yet yield young your
"""
