#!/usr/bin/env python3
"""Draws a period of a house game again, by docs/games.md alone: verify_period.py < ANSWER, or verify_period.py URL
The answer is that of GET /api/games/{gameType}/{duration}/period/{periodId}. Exit code 0 and what was drawn, or 1 and
each difference in a line; 2 where there is no result yet. Needs Python 3.8 or later, and nothing else.
With a jackpot, its wins and its terms, it makes the tickets of the period's wins again, by docs/jackpots.md alone:
verify_period.py URL GROUP WINS TERMS. Those are the answers of GET /api/jackpots/{group}/wins and /terms; each answer
is a URL or a file."""
import datetime, decimal, hashlib, hmac, json, sys, urllib.request

NAMES = {  # What is drawn: the names of its symbols in the result, the least one, and how many numbers each can be.
    "wingo": (["number"], 0, 10),
    "trx_wix": (["number"], 0, 10),
    "k3": (["dice_1", "dice_2", "dice_3"], 1, 6),
    "5d": (["A", "B", "C", "D", "E"], 0, 10)}
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Of Ed25519, RFC 8032.
D = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
differences = []

def expect(is_so, sentence):
    differences.extend([] if is_so else [sentence])

def moment(text):
    whole, _, rest = text.rstrip("Z").partition(".")
    seconds = datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.timezone.utc).timestamp()
    return int(seconds) * 1000 + int(rest.ljust(3, "0")[:3] or 0)

def draw(seed, message, first, each, count):
    drawn, block, accepted_below = [], 0, 256 - 256 % each
    while len(drawn) < count:
        for byte in hmac.new(seed, f"{message}\n{block}".encode(), hashlib.sha256).digest():
            drawn += [byte % each + first] if byte < accepted_below else []
        block += 1
    return drawn[:count]

def last_decimal_digit(block_id):
    return int(next(digit for digit in reversed(block_id) if digit.isdigit()))

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % PRIME, (p[1] + p[0]) * (q[1] + q[0]) % PRIME
    c, d = 2 * p[3] * q[3] * D % PRIME, 2 * p[2] * q[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME

def times(number, point):
    sum_ = (0, 1, 1, 0)
    while number > 0:
        sum_, point, number = add(sum_, point) if number & 1 else sum_, add(point, point), number >> 1
    return sum_

def point_of(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if x * x % PRIME == square else x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if y >= PRIME or x * x % PRIME != square or (x == 0 and sign == 1):
        return None
    x = x if x & 1 == sign else PRIME - x
    return x, y, 1, x * y % PRIME

def is_signed(key, message, signature):
    public, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if public is None or r is None or s >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    base = point_of((4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little"))
    left, right = times(s, base), add(r, times(challenge, public))
    return (left[0] * right[2] - right[0] * left[2]) % PRIME == 0 == (left[1] * right[2] - right[1] * left[2]) % PRIME

def check_block(period, period_id, proof):
    block_id, number, stamped = proof["blockId"], proof["block"], moment(proof["blockTime"])
    expect(int(block_id[:16], 16) == number, f"the id {block_id} is not of a block {number}")
    source, _, key = proof["source"].partition(":")
    early = moment(period["closesAt"]) + 2_000
    late = moment(period["closesAt"]) + (32_000 if source == "oracle" else 600_000)
    stamps = f"stamped {proof['blockTime']}, and the period closed at {period['closesAt']}"
    expect(early <= stamped < late, f"the block is {stamps}")
    if source == "oracle":
        message = f"evens-block\n{period_id}\n{number}\n{stamped}\n{block_id}".encode()
        signed = is_signed(bytes.fromhex(key), message, bytes.fromhex(proof["signature"] or ""))
        expect(signed, "the signature is not the oracle's")
    elif source == "local":
        print("note: the block is of a chain that somebody's own machine makes of the time; it proves nothing")
    else:
        print(f"note: whether the chain has this block is shown at {proof['link']}")

def check(period):
    proof, period_id = period["verification"], f"{period['gameType']}-{period['duration']}-{period['periodId']}"
    names, first, each = NAMES[period["gameType"]]
    seed = bytes.fromhex(proof["seed"])
    expect(hashlib.sha256(seed).hexdigest() == proof["seedHash"], "the seed is not the one whose hash was public")
    entropy = "none" if proof["blockId"] is None else "block"
    expect(proof["entropy"] == entropy, "the entropy says another thing than the block")
    if proof["blockId"] is not None:
        check_block(period, period_id, proof)
    if period["gameType"] == "trx_wix":
        expect(proof["blockId"] is not None, "there is no block")
        drawn = [last_decimal_digit(proof["blockId"] or "0")]
    else:
        message = f"game\n{period_id}\n{proof['blockId'] or 'none'}"
        expect(proof["message"] == message, "the message is another one")
        drawn = draw(seed, message, first, each, len(names))
    said = [period["result"][name] for name in names]
    expect(said == drawn, f"the result is {said}, and what was drawn is {drawn}")
    return period_id, drawn

def units(amount):
    return int(decimal.Decimal(amount).scaleb(8))

def check_win(period, group, win, versions):
    proof, name = period["verification"], f"the win {win['number']}"
    message = f"jackpot\n{group}\n{win['betId']}\n{proof['blockId'] or 'none'}"
    ticket = hmac.new(bytes.fromhex(proof["seed"]), message.encode(), hashlib.sha256).digest()[:8]
    expect(win["ticket"] == ticket.hex(), f"the ticket of {name} is {ticket.hex()}, and not {win['ticket']}")
    held = [terms for terms in versions if moment(terms["since"]) <= moment(period["opensAt"])]
    terms = max(held, key=lambda terms: terms["version"], default=None)
    if terms is None or terms["version"] != win["termsVersion"]:
        return expect(False, f"terms {win['termsVersion']} of {name} are not those that held at {period['opensAt']}")
    cash, odds, limit = units(win["cash"]), units(terms["odds"]), terms["mustHitBy"]
    has_won = cash >= odds or int.from_bytes(ticket, "big") * odds < cash << 64
    if win["cause"] == "drawn":
        expect(has_won, f"the ticket of {name} does not win")
    else:
        has_to = limit is not None and units(win["winAmount"]) >= units(limit)
        expect(has_to and not has_won, f"nothing forced {name}")

def check_wins(period, period_id, group, wins, versions):
    of_period = [win for win in wins["data"] if win["periodId"] == period_id]
    for win in of_period:
        check_win(period, group, win, versions["data"])
    print(f"note: {len(of_period)} wins of the jackpot {group} were drawn in this period, of those that are listed")

def read(source):
    with urllib.request.urlopen(source) if "://" in source else open(source, encoding="utf-8") as answer:
        return json.load(answer, parse_float=decimal.Decimal)

def main():
    period = (read(sys.argv[1]) if len(sys.argv) > 1 else json.load(sys.stdin))["data"]
    if period["result"] is None:
        print(f"the period is {period['state']} and has no result")
        return 2
    period_id, drawn = check(period)
    if len(sys.argv) > 2:
        check_wins(period, period_id, sys.argv[2], read(sys.argv[3]), read(sys.argv[4]))
    for difference in differences:
        print(f"DIFFERENCE: {difference}")
    if not differences:
        print(f"{period_id} drew {', '.join(map(str, drawn))}: so say its seed and what it shows of a block")
    return int(bool(differences))

if __name__ == "__main__":
    sys.exit(main())
