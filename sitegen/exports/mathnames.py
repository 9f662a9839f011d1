r"""The commands for formulas that LaTeX's kernel, amsmath and amssymb define.

\langle and \rangle are left out, because biber turns them into characters that \left does not accept.
"""

from __future__ import annotations

# Letters, signs, relations and arrows (fontmath.ltx, amsfonts.sty, amssymb.sty).
_SIGNS = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi
    varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi
    Sigma Upsilon Phi Psi Omega digamma aleph beth gimel daleth hbar hslash imath jmath ell wp Re Im partial
    infty prime emptyset varnothing nabla surd top bot angle measuredangle sphericalangle triangle forall
    exists nexists neg lnot flat natural sharp clubsuit diamondsuit heartsuit spadesuit mho Bbbk complement
    backprime bigstar blacklozenge lozenge square blacksquare blacktriangle blacktriangledown vartriangle
    triangledown circledS eth checkmark maltese pm mp times div ast star circ bullet cdot cap cup uplus
    sqcap sqcup vee wedge setminus smallsetminus wr amalg diamond bigtriangleup bigtriangledown triangleleft
    triangleright lhd rhd unlhd unrhd oplus ominus otimes oslash odot bigcirc dagger ddagger dotplus ltimes
    rtimes Cap Cup barwedge veebar doublebarwedge boxminus boxtimes boxdot boxplus divideontimes
    leftthreetimes rightthreetimes curlywedge curlyvee circleddash circledast circledcirc centerdot intercal
    land lor leq le geq ge equiv prec succ sim simeq asymp approx cong neq ne doteq preceq succeq ll gg
    subset supset subseteq supseteq sqsubset sqsupset sqsubseteq sqsupseteq in ni owns notin vdash dashv
    smile frown mid parallel bowtie Join models perp propto leqq leqslant lesssim lessapprox approxeq
    lessdot lll lessgtr lesseqgtr lesseqqgtr geqq geqslant gtrsim gtrapprox gtrdot ggg gtrless gtreqless
    gtreqqless eqslantless eqslantgtr eqsim doteqdot risingdotseq fallingdotseq backsim backsimeq subseteqq
    supseteqq Subset Supset preccurlyeq succcurlyeq curlyeqprec curlyeqsucc precsim succsim precapprox
    succapprox vartriangleleft vartriangleright trianglelefteq trianglerighteq vDash Vdash Vvdash smallsmile
    smallfrown shortmid shortparallel bumpeq Bumpeq between pitchfork varpropto backepsilon
    blacktriangleleft blacktriangleright therefore because thicksim thickapprox eqcirc circeq triangleq
    nless ngtr nleq ngeq nleqslant ngeqslant lneq gneq lneqq gneqq lnsim gnsim lnapprox gnapprox nprec nsucc
    npreceq nsucceq precnsim succnsim precnapprox succnapprox nsim ncong nmid nparallel nshortmid
    nshortparallel nvdash nvDash nVdash nVDash ntriangleleft ntriangleright ntrianglelefteq ntrianglerighteq
    nsubseteq nsupseteq subsetneq supsetneq subsetneqq supsetneqq leftarrow gets rightarrow to
    leftrightarrow uparrow downarrow updownarrow Leftarrow Rightarrow Leftrightarrow Uparrow Downarrow
    Updownarrow longleftarrow longrightarrow longleftrightarrow Longleftarrow Longrightarrow
    Longleftrightarrow iff implies impliedby mapsto longmapsto hookleftarrow hookrightarrow leftharpoonup
    leftharpoondown rightharpoonup rightharpoondown rightleftharpoons leftrightharpoons leadsto nearrow
    searrow swarrow nwarrow leftleftarrows rightrightarrows leftrightarrows rightleftarrows upuparrows
    downdownarrows Lleftarrow Rrightarrow twoheadleftarrow twoheadrightarrow leftarrowtail rightarrowtail
    looparrowleft looparrowright curvearrowleft curvearrowright circlearrowleft circlearrowright Lsh Rsh
    upharpoonleft upharpoonright downharpoonleft downharpoonright multimap rightsquigarrow
    leftrightsquigarrow nleftarrow nrightarrow nleftrightarrow nLeftarrow nRightarrow nLeftrightarrow lbrace
    rbrace  lfloor rfloor lceil rceil vert Vert lvert rvert lVert rVert backslash ldots cdots
    vdots ddots dots dotsc dotsb ldotp cdotp colon
"""
# Large operators and functions with names.
_OPERATORS = """
    sum prod coprod int iint iiint oint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigotimes bigoplus
    biguplus arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf
    limsup ln log max min Pr sec sin sinh sup tan tanh mod bmod pmod
"""
# Commands with arguments, styles, delimiters and spaces.
_FORMS = """
    frac dfrac tfrac binom sqrt overline underline overbrace underbrace overrightarrow overleftarrow
    stackrel overset underset hat widehat check tilde widetilde acute grave dot ddot breve bar vec mathring
    mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathnormal boldsymbol operatorname text
    textrm textbf textit mbox left right big Big bigl bigr Bigl Bigr quad qquad thinspace not
"""
MATH_COMMANDS = frozenset(f"{_SIGNS} {_OPERATORS} {_FORMS}".split())
