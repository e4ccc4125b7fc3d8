"""Control of text messages: a telephone's screen, as far as messages go."""

from __future__ import annotations

from quart import Blueprint, Response, jsonify, request

from stand_ins.carrier.exchange import Exchange


def messages_door(exchange: Exchange) -> Blueprint:
    """What was sent, oldest first."""
    door = Blueprint("messages", __name__)

    @door.get("/messages")
    async def list_all() -> Response:
        """?to=+81… for one telephone's."""
        # A plus that was not escaped arrives as a space.
        to_number = request.args.get("to", "").replace(" ", "+")
        sent = exchange.messages.all(to_number=to_number)
        return jsonify({"messages": [message.as_json() for message in sent]})

    return door
