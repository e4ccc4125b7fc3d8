"""A carrier with narrow limits, so that small flows can break them."""

from ivr.flow_linter.carrier_limits import CarrierLimits

CARRIER = CarrierLimits(
    name="Narrow",
    voices={
        "ja-JP": frozenset({"Voice", "Short-1", "Some.ja-JP-Standard-A"}),
        "en-US": frozenset({"English"}),
    },
    say_characters={"ja-JP": 46},
    voice_characters={"Short": 40},
    document_bytes=1400,
    sip_headers=200,
    lacks=frozenset({"queue_priority", "speech"}),
)
