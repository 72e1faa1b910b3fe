"""BERT for questions of some twenty words on one core: token ids to vectors in a single call of TorchScript.

TorchScript because Python's lock is then taken back once a text. Operation by operation, each of some 200 returns waits
for it: with one other thread busy a question took 80 to 270 ms, in a single call 18 (measured on two cores).
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, Optional, Union

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from knowledge_base.search.packaged_e5 import WeightsFile

# oneDNN chooses the layout of the weights for about so many tokens at a time.
_TYPICAL_TOKENS = 32
# Up to so many tokens plain products in float32 beat torch's flash attention (measured: 50 against 81 us at 30).
_SHORT = 48


def unpack_blocks(scales: torch.Tensor, nibbles: torch.Tensor) -> torch.Tensor:
    """Q4_0 blocks, float16 of shape (...) and uint8 of shape (..., 16) -> float32 of shape (..., 32)."""
    values = torch.cat([nibbles & 15, nibbles >> 4], -1).to(torch.float32)
    return values.sub_(8).mul_(scales.to(torch.float32).unsqueeze(-1))


class _Layer(torch.nn.Module):
    """One BERT layer on (tokens of all texts, hidden), with oneDNN's own weight layout and fused operations."""

    def __init__(self, file: WeightsFile, number: int, dtype: torch.dtype) -> None:
        super().__init__()
        name, hidden, inner = f"l{number}", file.shape.hidden, file.shape.intermediate
        self.heads = file.shape.heads
        self.size = hidden // self.heads
        self.scale = self.size**-0.5
        self.hidden = hidden
        self.epsilon = float(file.epsilon)
        self.short = _SHORT
        self.project_w = _packed(
            torch.cat([file.tensor(f"{name}.{x}.w", hidden, hidden) for x in "qkv"]), dtype
        )
        self.project_b = torch.cat([file.tensor(f"{name}.{x}.b", hidden) for x in "qkv"]).to(dtype)
        self.output_w = _packed(file.tensor(f"{name}.ao.w", hidden, hidden), dtype)
        self.output_b = file.tensor(f"{name}.ao.b", hidden).to(dtype)
        self.up_w = _packed(file.tensor(f"{name}.fi.w", inner, hidden), dtype)
        self.up_b = file.tensor(f"{name}.fi.b", inner).to(dtype)
        self.down_w = _packed(file.tensor(f"{name}.fo.w", hidden, inner), dtype)
        self.down_b = file.tensor(f"{name}.fo.b", hidden).to(dtype)
        self.attention_norm_w = file.tensor(f"{name}.aln.w", hidden).to(dtype)
        self.attention_norm_b = file.tensor(f"{name}.aln.b", hidden).to(dtype)
        self.output_norm_w = file.tensor(f"{name}.oln.w", hidden).to(dtype)
        self.output_norm_b = file.tensor(f"{name}.oln.b", hidden).to(dtype)

    def forward(
        self,
        x: torch.Tensor,
        batch: int,
        places: torch.Tensor,
        rows: torch.Tensor,
        mask: Optional[torch.Tensor],  # noqa: UP045  TorchScript
    ) -> torch.Tensor:
        """``places``: where the tokens lie in the padded batch, ``rows``: the same for every row of ``x``; ``mask``:
        minus infinity at the padding."""
        nothing: list[Optional[Union[int, float, complex]]] = []  # noqa: UP007, UP045
        linear = torch.ops.mkldnn._linear_pointwise
        projected = linear(x, self.project_w, self.project_b, "none", nothing, "")
        tokens = projected.narrow(0, 0, places.size(0))
        if mask is not None:
            padded = torch.zeros([batch * mask.size(3), 3 * self.hidden], dtype=x.dtype)
            tokens = padded.index_copy_(0, places, tokens)
        attended = self.attend(tokens, batch, mask).index_select(0, rows)
        x = linear(attended, x, self.output_w, self.output_b, "add")
        x = F.layer_norm(x, [self.hidden], self.attention_norm_w, self.attention_norm_b, self.epsilon)
        inner = linear(x, self.up_w, self.up_b, "gelu", nothing, "none")
        x = linear(inner, x, self.down_w, self.down_b, "add")
        return F.layer_norm(x, [self.hidden], self.output_norm_w, self.output_norm_b, self.epsilon)

    def attend(
        self,
        projected: torch.Tensor,
        batch: int,
        mask: Optional[torch.Tensor],  # noqa: UP045
    ) -> torch.Tensor:
        """(batch * tokens, 3 * hidden) -> (batch * tokens, hidden)."""
        tokens = projected.size(0) // batch
        split = projected.view(batch, tokens, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)
        if tokens > self.short:
            query, key, value = split.unbind(0)
            found = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
            return found.transpose(1, 2).reshape(batch * tokens, self.hidden)
        plain = split.to(torch.float32, memory_format=torch.contiguous_format).contiguous()
        query, key, value = plain.view(3, batch * self.heads, tokens, self.size).unbind(0)
        likeness = torch.bmm(query, key.transpose(1, 2)).mul_(self.scale)
        if mask is not None:
            likeness.view(batch, self.heads, tokens, tokens).add_(mask)
        found = torch.bmm(torch.softmax(likeness, -1), value).view(batch, self.heads, tokens, self.size)
        found = found.transpose(1, 2).to(projected.dtype, memory_format=torch.contiguous_format)
        return found.reshape(batch * tokens, self.hidden)


class Bert(torch.nn.Module):
    """Token ids and mask, int64 of shape (texts, tokens), to vectors. Padding costs nothing but in attention."""

    def __init__(self, file: WeightsFile, dtype: torch.dtype) -> None:
        super().__init__()
        hidden = file.shape.hidden
        self.dtype = dtype
        self.hidden = hidden
        self.epsilon = float(file.epsilon)
        self.short = _SHORT
        scales, nibbles = file.blocks("emb.word")
        self.scales = scales.view(file.shape.vocabulary, -1)
        self.nibbles = nibbles.view(*self.scales.shape, -1)
        types = file.tensor("emb.type", file.shape.types, hidden)
        self.positions = file.tensor("emb.pos", file.shape.positions, hidden) + types[0]
        self.norm_w = file.tensor("emb.ln.w", hidden)
        self.norm_b = file.tensor("emb.ln.b", hidden)
        self.layers = torch.nn.ModuleList(
            [_Layer(file, number, dtype) for number in range(file.shape.layers)]
        )

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The tokens' vectors: float32 of shape (texts, tokens, hidden), zero at the padding."""
        places = mask.view(-1).nonzero().squeeze(1)
        x = self.encode(ids, mask, places).to(torch.float32)
        padded = torch.zeros([ids.numel(), self.hidden], dtype=torch.float32)
        return padded.index_copy_(0, places, x).view(ids.size(0), ids.size(1), self.hidden)

    @torch.jit.export
    def vectors(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The texts' vectors, the mean of their tokens': float32 of shape (texts, hidden), of unit length."""
        x = self.forward(ids, mask).sum(1)  # of zeros at the padding; the length of the sum does not matter
        return F.normalize(x, dim=1)

    def encode(self, ids: torch.Tensor, mask: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """The tokens' vectors without the padding: shape (tokens of all texts, hidden)."""
        batch, tokens = ids.size(0), ids.size(1)
        count = places.size(0)
        added: Optional[torch.Tensor] = None  # noqa: UP045
        if count < ids.numel():
            kind = torch.float32 if tokens <= self.short else self.dtype
            added = torch.zeros(mask.shape, dtype=kind).masked_fill_(mask == 0, -math.inf)[:, None, None, :]
        rows = F.pad(places, [0, self.rows(count) - count])
        token = ids.view(-1).index_select(0, rows)
        words = unpack_blocks(self.scales.index_select(0, token), self.nibbles.index_select(0, token))
        x = words.view(-1, self.hidden) + self.positions.index_select(0, rows % tokens)
        x = F.layer_norm(x, [self.hidden], self.norm_w, self.norm_b, self.epsilon).to(self.dtype)
        for layer in self.layers:
            x = layer(x, batch, places, rows, added)
        return x.narrow(0, 0, count)

    def rows(self, tokens: int) -> int:
        """A few sizes only, at most an eighth too large from 64 on: oneDNN makes, and keeps, machine code for each."""
        step = 16
        while step * 8 < tokens:
            step *= 2
        return (tokens + step - 1) // step * step


def _packed(weight: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    packed: torch.Tensor = torch.ops.mkldnn._reorder_linear_weight(weight.to(dtype), _TYPICAL_TOKENS)
    return packed


def compiled(bert: Bert) -> Any:
    """``bert`` in TorchScript. Its successors (torch.compile, torch.export) need a C++ compiler or run in Python."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit.script`", DeprecationWarning)
        return torch.jit.script(bert)
