"""One line for each errand of a golden file."""

from ivr.flow_engine.errands import (
    ClosePairing,
    Errand,
    ExtendPairing,
    FetchAgain,
    LookUp,
    OpenPairing,
    RedeemTicket,
    RegisterCallback,
    ShowOperator,
    WithdrawScreen,
)


def written(errand: Errand) -> str:
    match errand:
        case OpenPairing():
            return (
                f"open_pairing {errand.mode} {errand.identity}/{errand.binding} "
                f"purpose={errand.purpose} action={errand.action} expect={errand.expect} "
                f"claim={errand.claim_within}s whole={errand.whole_check}s"
                f"{' beside' * errand.beside}"
            )
        case RedeemTicket():
            return (
                f"redeem_ticket {errand.mode} {errand.digits} {errand.identity}/{errand.binding} "
                f"purpose={errand.purpose} whole={errand.whole_check}s"
            )
        case ExtendPairing():
            return f"extend_pairing {errand.seconds}s"
        case ClosePairing():
            return f"close_pairing {errand.hint}"
        case LookUp():
            return f"look_up {errand.name} {errand.args}"
        case RegisterCallback():
            return (
                f"register_callback {errand.queue} {errand.to} keep {errand.keep_result}s "
                f"due={errand.due_at}"
            )
        case ShowOperator():
            return (
                f"show_operator {errand.queue} priority={errand.priority} "
                f"reason={errand.reason} {errand.attributes}"
            )
        case WithdrawScreen():
            return "withdraw_screen"
        case FetchAgain():
            return "fetch_again"
