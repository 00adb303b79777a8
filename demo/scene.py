"""A flight over mountains and lakes under a cloudy sky, drawn with numpy alone.

The terrain is a periodic height map. A picture is drawn column by column: rays step away from the
camera, the height met at each step is projected onto the screen, and the first step that reaches
a pixel is what shows there. That gives what encoders and quality models meet in real footage:
parallax, things appearing from behind others, fine texture near and haze far away, smooth skies,
and film grain.
"""

import math
from functools import cached_property

import numpy as np

from demo.noise import Texture, Values, fractal


def _vector(*values: float) -> Values:
    return np.array(values, np.float32)


def _mix(a: Values, b: Values, share: Values) -> Values:
    mixed: Values = a + (b - a) * share[..., None]
    return mixed


def _ramp(values: Values, low: float, high: float) -> Values:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    smooth: Values = t * t * (3.0 - 2.0 * t)
    return smooth


_MAP = 1024  # texels a side of the height map
_UNIT = 2.0  # units of length a texel
_WATER = 30.0  # height of the lakes
_PEAK = 240.0
_NEAR, _FAR = 6.0, 2600.0
_SUN = (0.62, 0.35, 0.70)  # towards the sun: right, ahead, up
_HAZE = _vector(0.70, 0.78, 0.87)
_ZENITH = _vector(0.22, 0.42, 0.72)
_SPEED = 42.0  # units a second


class Scene:
    """The scene, as a camera with a given picture size sees it.

    Args:
        width: Values width in pixels.
        height: Values height in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._focal = 0.85 * width
        self._horizon = 0.60 * height  # rows from the bottom
        self._side = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / self._focal
        steps = max(240, round(0.6 * width))
        self._depths = np.geomspace(_NEAR, _FAR, steps, dtype=np.float32)[:, None]
        self._detail = Texture(fractal(512, 0.55, seed=3)[..., None])
        self._clouds = Texture(fractal(1024, 1.15, seed=4)[..., None])
        self._grain = fractal(1024, 0.1, seed=5)

    @cached_property
    def _heights(self) -> Values:
        mountains = fractal(_MAP, 1.9, seed=1)
        ridges = 1.0 - np.abs(fractal(_MAP, 1.55, seed=2)) / 1.6
        shape = 0.62 * mountains + 0.55 * ridges * _ramp(mountains, -0.8, 0.9)
        lowest, highest = np.quantile(shape, 0.02), shape.max()
        level = np.clip((shape - lowest) / (highest - lowest), 0.0, 1.0)
        return _PEAK * level**1.35

    @cached_property
    def _surface(self) -> Texture:
        """What rays meet: the terrain, and the lakes that fill it."""
        return Texture(np.maximum(self._heights, _WATER)[..., None])

    @cached_property
    def _ground(self) -> Texture:
        """The terrain's colour, lit by the sun, and in a fourth channel how much is water."""
        heights = self._heights
        slope_x = (np.roll(heights, -1, 1) - np.roll(heights, 1, 1)) / (2 * _UNIT)
        slope_y = (np.roll(heights, -1, 0) - np.roll(heights, 1, 0)) / (2 * _UNIT)
        steep = np.hypot(slope_x, slope_y)
        length = np.sqrt(1.0 + steep**2)
        light = (_SUN[2] - _SUN[0] * slope_x - _SUN[1] * slope_y) / length
        patches = fractal(_MAP, 0.8, seed=6)

        sand, grass = _vector(0.56, 0.50, 0.36), _vector(0.30, 0.38, 0.14)
        forest, rock = _vector(0.10, 0.19, 0.09), _vector(0.40, 0.36, 0.33)
        snow, deep = _vector(0.93, 0.95, 0.98), _vector(0.07, 0.20, 0.27)
        high = heights + 9.0 * patches
        colour = _mix(sand, grass, _ramp(high, _WATER + 2, _WATER + 12))
        colour = _mix(colour, forest, _ramp(patches, -0.1, 0.7) * _ramp(high, 36, 52))
        colour = _mix(colour, rock, np.maximum(_ramp(steep, 0.65, 1.1), _ramp(high, 112, 140)))
        colour = _mix(colour, snow, _ramp(high, 150, 172) * (1 - _ramp(steep, 1.1, 1.7)))
        colour *= (0.30 + 0.95 * np.clip(light, 0.0, None))[..., None]
        water = 1.0 - _ramp(heights, _WATER - 1.0, _WATER + 1.0)
        colour = _mix(colour, deep, water)
        return Texture(np.concatenate([colour, water[..., None]], axis=2))

    def picture(self, seconds: float) -> Values:
        """Draw what the camera sees at a time.

        Args:
            seconds: Seconds from the start of the flight.

        Returns:
            The picture, top row first, shape (height, width, 3), with film grain.
        """
        heading = 0.35 + 0.16 * math.sin(0.55 * seconds)
        ahead = _vector(math.sin(heading), math.cos(heading))
        right = [ahead[1], -ahead[0]]
        eye = _vector(700.0, 250.0) + ahead * _SPEED * seconds
        up = 118.0 + 7.0 * math.sin(0.8 * seconds)

        ray = ahead + self._side[:, None] * right  # (width, 2), a unit of depth long
        picture = self._sky(seconds, ray)
        self._draw_ground(picture, seconds, eye, up, ray)
        self._draw_balloon(picture, seconds)
        picture += self._film_grain(seconds)[..., None]
        return np.clip(picture[::-1], 0.0, 1.0)

    def _sky(self, seconds: float, ray: Values) -> Values:
        """Sky and clouds behind everything, bottom row first."""
        rows = np.arange(self.height, dtype=np.float32)[:, None] + 0.5
        rise = np.maximum((rows - self._horizon) / self._focal, 1e-3)
        elevation = np.broadcast_to(rise, (self.height, self.width))
        distance = 260.0 / elevation
        x = distance * ray[:, 0] + 14.0 * seconds
        y = distance * ray[:, 1] + 6.0 * seconds
        cover = self._clouds.sample(x, y, 3.0 * distance / (self._focal * elevation))[..., 0]
        cloud = _ramp(cover, -0.1, 1.5) * _ramp(elevation, 0.01, 0.16)
        lit = _vector(1.0, 0.99, 0.97) - 0.17 * _ramp(cover, 0.7, 2.4)[..., None]
        sky = _mix(_HAZE, _ZENITH, _ramp(elevation, -0.03, 0.62))
        return _mix(sky, lit, cloud)

    def _draw_ground(
        self, picture: Values, seconds: float, eye: Values, up: float, ray: Values
    ) -> None:
        """Draw terrain and water over the sky, in place."""
        x = (eye[0] + self._depths * ray[:, 0]) / _UNIT
        y = (eye[1] + self._depths * ray[:, 1]) / _UNIT
        heights = self._surface.sample_full(x, y)[..., 0]
        # How many rows, from the bottom, each step and those before it cover.
        tops = self._horizon + self._focal * (heights - up) / self._depths
        covered = np.clip(np.maximum.accumulate(tops) + 0.5, 0, self.height).astype(np.intp)
        columns = np.broadcast_to(np.arange(self.width), covered.shape)
        counts = np.bincount(
            (covered * self.width + columns).ravel(), minlength=(self.height + 1) * self.width
        ).reshape(self.height + 1, self.width)
        first = np.cumsum(counts, axis=0)[: self.height]
        row, column = np.nonzero(first < self._depths.size)
        step = np.maximum(first[row, column], 1)

        # Where the line of sight meets the slope between the two steps.
        sight = (row + 0.5 - self._horizon) / self._focal
        z0, z1 = self._depths[step - 1, 0], self._depths[step, 0]
        h0, h1 = heights[step - 1, column] - up, heights[step, column] - up
        slope = sight * (z1 - z0) - (h1 - h0)
        share = np.clip((h0 - sight * z0) / np.where(slope == 0, 1e-6, slope), 0.0, 1.0)
        depth = (z0 + share * (z1 - z0)).astype(np.float32)
        px, py = eye[0] + depth * ray[column, 0], eye[1] + depth * ray[column, 1]

        # Seen at a slant, a pixel covers more ground along the ray than across.
        size = depth / self._focal
        slant = np.minimum(size * np.clip(depth / 120.0, 0.8, 2.5), 60.0)
        ground = self._ground.sample(px / _UNIT, py / _UNIT, slant / _UNIT)
        detail = self._detail.sample(px * 5.0, py * 5.0, slant * 5.0)[..., 0]
        ripple = self._detail.sample(
            px * 1.5 + 9.0 * seconds, py * 1.5 + 5.0 * seconds, slant * 1.5
        )[..., 0]
        water = ground[:, 3]
        colour: Values = ground[:, :3] * (1.0 + 0.30 * detail * (1.0 - water))[:, None]
        shine = np.clip(0.25 + 0.11 * ripple + 0.45 * _ramp(depth, 60, 900), 0.0, 0.8) * water
        colour = _mix(colour, 0.85 * _HAZE, shine)
        colour = _mix(colour, _HAZE, (1.0 - np.exp(-((depth / 1500.0) ** 1.5))).astype(np.float32))
        picture[row, column] = colour

    def _draw_balloon(self, picture: Values, seconds: float) -> None:
        """Draw a striped balloon that drifts across, in place."""
        radius = 0.052 * self.height * (1.0 + 0.05 * seconds)
        centre_x = self.width * (0.24 + 0.055 * seconds)
        centre_y = self.height * (0.73 + 0.008 * math.sin(1.7 * seconds))
        top, left = int(centre_y - 2 * radius), int(centre_x - 1.2 * radius)
        box = picture[top : int(centre_y + 1.2 * radius), left : int(centre_x + 1.2 * radius)]
        y = ((np.arange(box.shape[0], dtype=np.float32) + top + 0.5 - centre_y) / radius)[:, None]
        x = ((np.arange(box.shape[1], dtype=np.float32) + left + 0.5 - centre_x) / radius)[None, :]
        soft = 1.0 / radius

        narrowing = np.where(y < 0, 1.0 - 0.42 * y**2, 1.0)
        envelope = 1.0 - _ramp(np.hypot(x / narrowing, y * 0.92) - 1.0, -soft, soft)
        across = np.clip(x / np.sqrt(np.clip(1.0 - (0.92 * y) ** 2, 0.05, None)), -1.0, 1.0)
        stripes = _ramp(np.sin(np.arcsin(across) * 7.0 + 0.4), -0.2, 0.2)
        light = 0.62 + 0.38 * np.clip(0.6 * x + 0.5 * y + 0.4, 0.0, 1.0)
        red, cream = _vector(0.76, 0.16, 0.11), _vector(0.96, 0.90, 0.74)
        cloth = _mix(red, cream, stripes)
        box[:] = _mix(box, cloth * light[..., None], envelope)

        basket = (1.0 - _ramp(np.abs(x) - 0.16, -soft, soft)) * (
            1.0 - _ramp(np.abs(y + 1.62) - 0.13, -soft, soft)
        )
        box[:] = _mix(box, _vector(0.30, 0.20, 0.11), basket)

    def _film_grain(self, seconds: float) -> Values:
        """Grain that is new in every picture: a large plane, shifted at random."""
        rng = np.random.default_rng(round(seconds * 1000))
        rows = np.arange(self.height) + rng.integers(1024)
        columns = np.arange(self.width) + rng.integers(1024)
        return self._grain[np.ix_(rows % 1024, columns % 1024)] * 0.008
