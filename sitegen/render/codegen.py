"""Generates shorter Python code for templates than Jinja does, for Jinja's ``Environment.code_generator_class``.

Jinja's code works for any value. The values of sitegen's pages are structs, texts and numbers, and for these plain
code does the same. Where a value is of another kind, plain code raises an exception; it never gives other text.
"""

# ruff: noqa: N802 - the methods have the names that Jinja looks for
from __future__ import annotations

from collections.abc import Callable
from keyword import iskeyword
from typing import Any

import jinja2.compiler
import markupsafe
from jinja2 import nodes
from jinja2.compiler import Frame

# The public function makes an object of the result. Without that, lists take a quarter less time, others a tenth.
_escape: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)


class PlainCodeGenerator(jinja2.compiler.CodeGenerator):
    """Generates plain code, or fails where the blocks of a page cannot be rendered without what is around them."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """Generate the module of a template, which imports the function that its code calls."""
        super().visit_Template(node, frame)
        self.writeline(f"from {__name__} import escape_value")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """Generate ``value.name``; Jinja's function looks for an item as well, at six times the cost."""
        if iskeyword(node.attr) or not node.attr.isascii():  # Python changes some other letters
            super().visit_Getattr(node, frame)
        else:
            self.write("(")
            self.visit(node.node, frame)
            self.write(f").{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """Generate ``function(argument, …)``.

        Jinja first looks whether the function wants the context; a page takes up to twice the time by that.
        """
        if forward_caller or node.kwargs or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
        else:
            self.write("(")
            self.visit(node.node, frame)
            self.write(")(")
            for argument in node.args:
                self.visit(argument, frame)
                self.write(", ")
            self.write(")")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        """Generate one piece of text for all text and values between two tags."""
        if frame.require_output_check or not frame.eval_ctx.autoescape:
            super().visit_Output(node, frame)
            return
        self.start_write(frame, node)
        joined = len(node.nodes) > 1
        self.write("concat((" if joined else "")
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                self.write(repr(part.data))
            else:
                self.write("escape_value(")
                self.visit(part, frame)
                self.write(")")
            self.write(", " if joined else "")
        self.write("))" if joined else "")
        self.end_write(frame)

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:
        """Fail for a block outside of other blocks that is not simply output."""
        if frame.block is None and (node.scoped or node.required or frame.buffer is not None):
            self.fail(f"the block {node.name!r} is scoped, required or part of a value", node.lineno)
        super().visit_Block(node, frame)

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        """Fail for ``self``, with which a template can show a block anywhere."""
        if node.name == "self":
            self.fail("it uses 'self'", node.lineno)
        super().visit_Name(node, frame)

    def visit_ScopedEvalContextModifier(self, node: nodes.ScopedEvalContextModifier, _: Frame) -> None:
        """Fail for {% autoescape %}: a plain call does not say to a macro whether its caller escapes."""
        self.fail("it uses {% autoescape %}", node.lineno)


def escape_value(value: Any) -> str:
    """Return what ``markupsafe.escape`` returns."""
    if type(value) is str:
        return _escape(value)
    if type(value) is int:
        return str(value)
    return value if type(value) is markupsafe.Markup else markupsafe.escape(value)
