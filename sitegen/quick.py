"""The quick way of rendering a template: the Python that Jinja makes of it, without what ours never needs.

- ``page.title`` is the attribute ``title``, a call is a call, and escaping is a single call of markupsafe's own C.
- A block, or a template without any, gathers its output and hands it on in one piece.
- Text that is safe already is put there as it is, and no object is made to say so.
- A macro that is given what it asks for, no more and no less, is a function.

Where that does not do, an error comes of it, and ``templates`` leaves the template to Jinja.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from keyword import iskeyword
from types import CodeType
from typing import Any, TypeGuard

import jinja2
import jinja2.compiler
import markupsafe
from jinja2 import nodes
from jinja2.compiler import Frame
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, Macro

# Parts the blocks of a layout from each other. No feed and no Markdown page can hold it, as they can't hold ROOT.
CUT = "\1"

# markupsafe's C function; its public one makes an object of the result, at three times the cost.
_escape_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)

# What a template may have outside of its blocks that is more than output.
_NOT_OUTPUT = (
    nodes.Extends, nodes.Block, nodes.Macro, nodes.Import, nodes.FromImport, nodes.Assign, nodes.AssignBlock,
)  # fmt: skip


def prepare(tree: nodes.Template) -> None:
    """Make blocks, or a template that is nothing but output, hand on their output in one piece."""
    for block in list(tree.find_all(nodes.Block)):
        block.body = [*_names_first(block), _in_one_piece(block.body)]
    for macro in list(tree.find_all(nodes.Macro)):
        macro.body[:0] = _names_first(macro)
    if tree.body and not any(tree.find_all(_NOT_OUTPUT)):
        tree.body = [*_names_first(tree), _in_one_piece(tree.body)]


def template(environment: jinja2.Environment, code: CodeType) -> Template:
    """Return what compiled code renders."""
    # Jinja would look up each global in a chain of mappings, and copy that for every page.
    made = Template.from_code(environment, code, environment.globals)
    made.root_render_func.__globals__.update(escape=_escape, call=_call, as_it_is=_as_it_is, Macro=_Macro)
    assert isinstance(made, Template)
    return made


class Template(jinja2.Template):
    """A template which knows whether all that it does outside of its blocks is the same for all pages.

    It is then done for the first page, and for all others only the blocks are called.
    """

    _first: Context | None = None
    _parts: list[Callable[[Context], Iterable[str]]]
    _layout: str = ""

    def parts(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """Return the layout, and the text of all its blocks with a CUT between them; without one, all the text."""
        if self._first is not None:
            # As new_context does it, but with what the first page found: in blocks, no template adds to that.
            context = Context.__new__(Context)
            context.__dict__.update(self._first.__dict__)
            context.parent = {**self.globals, **values}
            return self._layout, CUT.join([text for part in self._parts for text in part(context)])
        context = self.new_context({**values})
        whole = self.environment.concat(self.root_render_func(context))
        self._keep(context)
        return _in_parts(whole)

    def _keep(self, first: Context) -> None:
        root: jinja2.Template = self
        while isinstance(steady := root.root_render_func.__globals__["steady"], str):
            root = self.environment.get_template(steady)
        if steady is not None:
            self._parts = [first.blocks[name][0] for name in steady] or [self.root_render_func]
            self._layout = root.name or "" if steady else ""
            self._first = first
            first.parent = {}  # not to keep the first page


def _in_parts(whole: str) -> tuple[str, str]:
    before, *rest = whole.split(CUT, 2)
    if before and rest:
        raise ValueError("a layout begins amid the text")
    return (rest[0], rest[1]) if rest else ("", whole)


def _steady(tree: nodes.Template) -> str | tuple[str, ...] | None:
    """Return what a template is outside of its blocks, where that is the same for all pages.

    It is the name of what it extends, or the blocks of a layout in order; no blocks, if it is nothing but output;
    None, if it may differ.
    """
    if not any(tree.find_all(_NOT_OUTPUT)):
        return ()
    first = tree.body[0]
    if isinstance(first, nodes.Extends):
        steady = all(map(_is_same_for_all, tree.body))
        return str(first.template.value) if steady and isinstance(first.template, nodes.Const) else None
    blocks = [node for node in tree.body if isinstance(node, nodes.Block)]
    cuts = [node for node in tree.body if _is_cut(node)]
    return tuple(block.name for block in blocks) if len(blocks) + len(cuts) == len(tree.body) else None


def _is_same_for_all(node: nodes.Node) -> bool:
    """Return whether a node outside of blocks, in a template that extends another, does the same for all pages."""
    if isinstance(node, nodes.Import):
        return isinstance(node.template, nodes.Const) and not node.with_context
    if isinstance(node, nodes.Output):
        return all(isinstance(part, nodes.TemplateData) for part in node.nodes)
    return isinstance(node, nodes.Extends | nodes.Block)


def _is_cut(node: nodes.Node) -> bool:
    parts = node.nodes if isinstance(node, nodes.Output) else []
    return len(parts) == 1 and isinstance(parts[0], nodes.TemplateData) and parts[0].data.startswith(CUT)


class _Code(jinja2.compiler.CodeGenerator):
    """Writes attributes as attributes and calls as calls: no template of ours asks for a key as an attribute."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        super().visit_Template(node, frame)
        self.writeline(f"steady = {_steady(node)!r}")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if (
            iskeyword(node.attr)
            or not node.attr.isidentifier()
            or node.attr.startswith("_")
            or name == "self"
        ):
            super().visit_Getattr(node, frame)
        elif name:
            # What is undefined is a sign without attributes: no need to ask.
            self.write(f"{frame.symbols.ref(name)}.{node.attr}")
        else:
            self.write("(")
            self.visit(node.node, frame)
            self.write(f").{node.attr}")

    def visit_Call(  # noqa: N802 - Jinja's name
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super().visit_Call(
                node, frame, forward_caller=forward_caller
            )  # a macro asks what it is called from
        elif forward_caller or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self.write("call(")
            self.visit(node.node, frame)
            self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
            self.write(")")
        else:
            self.write("(")
            self.visit(node.node, frame)
            self.write(")(")
            for argument in node.args:
                self.visit(argument, frame)
                self.write(", ")
            self.write(")")

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        if node.filter.node is not None or not _is_safe(node.filter):
            super().visit_FilterBlock(node, frame)
            return
        inner = frame.inner()
        inner.symbols.analyze_node(node)
        self.enter_frame(inner)
        self.buffer(inner)
        self.blockvisit(node.body, inner)
        self.simple_write(f"concat({inner.buffer})", frame, node)
        self.leave_frame(inner)

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        marked = frame.eval_ctx.autoescape and not frame.eval_ctx.volatile
        parts: list[nodes.Expr] = []
        for part in node.nodes:
            if marked and _is_safe(part):
                assert part.node is not None  # it is only in a block that it filters
                parts.append(nodes.MarkSafe(part.node, lineno=part.lineno))
            elif isinstance(part, nodes.CondExpr) and part.expr2 is None:
                # Without "else" it is a kind of undefined that shows nothing: an object, made for that.
                nothing = nodes.Const("", lineno=part.lineno)
                parts.append(nodes.CondExpr(part.test, part.expr1, nothing, lineno=part.lineno))
            else:
                parts.append(part)
        super().visit_Output(nodes.Output(parts, lineno=node.lineno), frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if isinstance(node, nodes.MarkSafe):
            self.write("as_it_is(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def visit_MarkSafe(self, node: nodes.MarkSafe, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        self.visit(node.expr, frame)

    def visit_ExprStmt(self, node: nodes.ExprStmt, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        """Write nothing: see ``_names_first``; no tag of ours makes a statement of an expression."""


class Environment(jinja2.Environment):
    """Makes its templates the quick way."""

    code_generator_class = _Code

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._known: dict[str, Template] = {}

    def get_template(self, name: Any, *more: Any, **named: Any) -> Template:
        """Return a template; Jinja would take a lock, and ask whether its file has changed."""
        if (known := self._known.get(name)) is None:
            made = super().get_template(name, *more, **named)
            assert isinstance(made, Template)
            known = self._known[name] = made
        return known


def _is_safe(node: nodes.Node) -> TypeGuard[nodes.Filter]:
    return (
        isinstance(node, nodes.Filter)
        and node.name == "safe"
        and not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)
    )


def _in_one_piece(body: list[nodes.Node]) -> nodes.Node:
    """Return nodes that gather their output: a block would hand on a hundred pieces through three generators."""
    mark = nodes.Filter(None, "safe", [], [], None, None, lineno=body[0].lineno if body else 1)
    return nodes.FilterBlock(body, mark, lineno=mark.lineno)


def _names_first(node: nodes.Node) -> list[nodes.Node]:
    """Return a statement that asks for all names once: a loop asks for those of its body in every round."""
    names = {name.name: name.ctx for name in sorted(node.find_all(nodes.Name), key=lambda name: name.ctx)}
    asked = [nodes.Name(name, "load") for name, last in names.items() if last == "load" and name != "loop"]
    return [nodes.ExprStmt(nodes.Tuple(asked, "load"))]


class _Macro(Macro):
    def __init__(self, *options: Any) -> None:
        super().__init__(*options)
        special = self.catch_kwargs or self.catch_varargs or self.caller
        self._expected = None if special or not self.arguments else len(self.arguments)

    @jinja2.pass_eval_context
    def __call__(self, *args: Any, **named: Any) -> Any:
        if named or len(args) != self._expected or type(args[0]) is EvalContext:
            return super().__call__(*args, **named)
        return str.__new__(markupsafe.Markup, self._func(*args))


def _escape(value: Any) -> str:
    if type(value) is str:
        return _escape_text(value)
    if type(value) is int:
        return str(value)
    return value if type(value) is markupsafe.Markup else markupsafe.escape(value)


def _as_it_is(value: Any) -> str:
    return value if type(value) is str else markupsafe.Markup(value)  # noqa: S704 - what |safe does


def _call(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    return function(*args, **named)
