"""Fractal noise: the stuff that terrain, clouds and film grain are made of."""

from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.floating[Any]]
"""Floating-point values; single precision wherever there are many."""


def fractal(size: int, exponent: float, seed: int) -> Values:
    """Noise whose amplitude falls with frequency as frequency ** -exponent.

    It is periodic, so that it tiles without a seam.

    Args:
        size: Width and height, in samples.
        exponent: 0 for white noise, about 1 for clouds, about 1.7 for mountains.
        seed: The same seed gives the same noise.

    Returns:
        Values with mean 0 and standard deviation 1, shape (size, size).
    """
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    frequency[0, 0] = np.inf
    spectrum = np.fft.rfft2(rng.standard_normal((size, size))) * frequency**-exponent
    plane = np.fft.irfft2(spectrum, s=(size, size))
    return (plane / plane.std()).astype(np.float32)


class Texture:
    """A periodic texture with its smaller copies, sampled between texels.

    Args:
        texels: Values, shape (size, size, channels); size is a power of two.
    """

    def __init__(self, texels: Values) -> None:
        levels = [texels]
        while levels[-1].shape[0] > 8:
            half = levels[-1]
            levels.append(
                (half[::2, ::2] + half[1::2, ::2] + half[::2, 1::2] + half[1::2, 1::2]) / 4
            )
        self._texels = np.concatenate([level.reshape(-1, texels.shape[2]) for level in levels])
        sizes = np.array([level.shape[0] for level in levels])
        self._masks = sizes - 1
        self._starts = np.concatenate([[0], np.cumsum(sizes**2)[:-1]])

    def sample(self, x: Values, y: Values, footprint: Values) -> Values:
        """Look the texture up at points, on the two copies between which a pixel's size lies.

        Args:
            x: Positions in texels of the full size, any shape; they wrap around.
            y: Likewise, of the same shape.
            footprint: Texels of the full size that a pixel covers, same shape.

        Returns:
            Values of the shape of `x` plus (channels,).
        """
        wanted = np.log2(np.clip(footprint, 1.0, 2.0 ** (self._masks.size - 1)))
        fine = wanted.astype(np.intp)
        coarse = np.minimum(fine + 1, self._masks.size - 1)
        share = (wanted - fine)[..., None]
        return self._lookup(x, y, fine) * (1 - share) + self._lookup(x, y, coarse) * share

    def sample_full(self, x: Values, y: Values) -> Values:
        """Look the texture up on its full size alone; otherwise like `sample`."""
        return self._lookup(x, y, np.zeros(x.shape, np.intp))

    def _lookup(self, x: Values, y: Values, level: npt.NDArray[np.intp]) -> Values:
        """Blend the four texels around each point on the given copy."""
        mask, start = self._masks[level], self._starts[level]
        scale = np.ldexp(np.float32(1.0), -level.astype(np.int32))
        # Texel centres of a half-size copy lie between those of the full one.
        u, v = (x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5
        left, top = np.floor(u), np.floor(v)
        right_share, bottom_share = (u - left)[..., None], (v - top)[..., None]
        x0, y0 = left.astype(np.intp) & mask, top.astype(np.intp) & mask
        x1, row0 = (x0 + 1) & mask, start + y0 * (mask + 1)
        row1 = start + ((y0 + 1) & mask) * (mask + 1)
        texels = self._texels
        upper = texels[row0 + x0] * (1 - right_share) + texels[row0 + x1] * right_share
        lower = texels[row1 + x0] * (1 - right_share) + texels[row1 + x1] * right_share
        blended: Values = upper * (1 - bottom_share) + lower * bottom_share
        return blended
