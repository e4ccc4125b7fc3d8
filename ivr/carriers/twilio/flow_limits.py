"""Twilio's limits for the flow linter.

One `Say` takes 4,500 characters of URL-encoded text, where a Japanese character is nine: about 500.
Polly's voices take 3,000 characters, Google's 5,000; a document 64 kB (error 11750). A call
is handed over by a queue with an opaque token, so no SIP headers are written; priorities are kept
by our own queues, and speech is taken in Japanese and English.
"""

from typing import Final

from ivr.carriers.twilio.voices import JAPANESE, JAPANESE_VOICES
from ivr.flow_linter.carrier_limits import CarrierLimits

LIMITS: Final = CarrierLimits(
    name="Twilio",
    voices={JAPANESE: JAPANESE_VOICES},
    say_characters={JAPANESE: 500, "en-US": 4000},
    voice_characters={"Polly.": 3000, "Google.": 5000},
    document_bytes=64 * 1024,
)
