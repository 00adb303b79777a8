"""Times of sound in samples, also where a container rounds them to units of its own."""

from fractions import Fraction

from av.audio.stream import AudioStream
from av.packet import Packet

# How far, in a container's units, times may be from where the samples before them end, and mean
# just that: both are rounded.
_ROUNDED = Fraction(3, 2)


class SampleClock:
    """Counts samples, as long as a container's times agree with that.

    Matroska and FLV have milliseconds, by which packets of 1024 samples would last 1008 or 1056 in
    a container that counts samples. What is missing in between stays missing.

    Args:
        rate: Samples a second.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._next: int | None = None

    def of(self, time: Fraction | None, samples: int, unit: Fraction) -> int:
        """When something is heard, in samples.

        Args:
            time: When that is by the container, in seconds; None where it does not say.
            samples: How many samples it has.
            unit: Seconds that one unit of the container's is.
        """
        expected = self._next or 0
        told = Fraction(expected) if time is None else time * self._rate
        if self._next is None or abs(told - expected) > 1 + _ROUNDED * unit * self._rate:
            expected = round(told)
        self._next = expected + samples
        return expected

    def set(self, packet: "Packet[AudioStream]", stream: AudioStream) -> None:
        """Give a packet its times in samples.

        Args:
            packet: The packet, whose own times say when it is heard.
            stream: The stream that it is of.
        """
        samples = samples_of(packet, stream)
        unit = Fraction(packet.time_base.num, packet.time_base.den)
        time = None if packet.pts is None else packet.pts * unit
        packet.pts = packet.dts = self.of(time, samples, unit)
        packet.duration, packet.time_base = samples, Fraction(1, self._rate)


def samples_of(packet: "Packet[AudioStream]", stream: AudioStream) -> int:
    """How many samples a packet has, as far as it, or its codec, tells."""
    context = stream.codec_context
    unit = Fraction(packet.time_base.num, packet.time_base.den) * context.sample_rate
    told = (packet.duration or 0) * unit
    usual = context.frame_size
    # Codecs may double their rate on decoding: then the packet has twice as many.
    return usual if usual and (not told or abs(told - usual) <= unit) else round(told)
