# Reads a table file by the words at the head of src/table/layout.ts alone: read-table.py FILE prints a JSON object a deployment.

import json
import struct
import sys

HEADER, THREADS, CHANGES, SLOT, ROW = 32, 64 * 48, 65536, 320, 144
# Scalars in order; the second entry tells how many words each takes.
SCALARS = [
    ("state", 1), ("outcomeClass", 1), ("httpStatus", 1), ("consecutiveSuccesses", 1),
    ("consecutiveFailures", 1), ("source", 1), ("sinceMs", 2), ("lastCheckMs", 2),
    ("lastSuccessMs", 2), ("nextDueMs", 2), ("holdUntilMs", 2), ("latencyMicros", 1),
    ("smoothedLatencyMicros", 1), ("dnsMicros", 1), ("connectMicros", 1), ("tlsMicros", 1),
    ("firstByteMicros", 1), ("startLatenessMicros", 1), ("promptTokens", 2),
    ("completionTokens", 2), ("costNanoUsd", 2), ("costUnknownProbes", 1), ("outcomeBitsLow", 1),
    ("outcomeBitsHigh", 1), ("outcomeBitsCount", 1), ("latencySumMicros", 2), ("transitions", 1),
    ("firstTokenMicros", 1), ("certificateEndMs", 2), ("peerAddress0", 1), ("peerAddress1", 1),
    ("peerAddress2", 1), ("peerAddress3", 1), ("lastPaidSeconds", 1), ("probeMarks", 1),
    ("freeProbes", 1), ("withheldProbes", 1), ("spentDay", 1), ("spentTokens", 1),
    ("spentNanoUsd", 2), ("modelChanges", 1), ("requestsLimit", 1), ("requestsRemaining", 1),
    ("requestsResetSeconds", 1), ("tokensLimit", 1), ("tokensRemaining", 1),
    ("tokensResetSeconds", 1),
]


def checksum(words):
    h = 0x811C9DC5
    for word in words:
        h = ((h ^ word) * 0x01000193) % 2**32
    return h


def text(words, length):
    return struct.pack(f"<{len(words)}I", *words)[:length].decode("utf-8")


def words_of(length):
    return (length + 3) // 4


with open(sys.argv[1], "rb") as file:
    header = struct.unpack("<32I", file.read(HEADER * 4))
    magic, version, slot_words, thread_blocks, capacity = header[:5]
    if (magic, version, slot_words, thread_blocks) != (0x464C5054, 3, SLOT, 64):
        sys.exit("not a table file of version 3")
    file.seek((HEADER + THREADS + CHANGES) * 4)
    for number in range(capacity):
        slot = struct.unpack(f"<{SLOT}I", file.read(SLOT * 4))
        sequence = slot[0]
        if sequence == 0:
            continue
        start = 32 + (sequence & 1) * ROW
        row = slot[start : start + ROW]
        length = row[101]
        identity = row[1]
        whole = row[0] == checksum(row[1 : 102 + words_of(length)])
        if identity == 0 or not whole:
            continue
        label_end = 4 + words_of(slot[3])
        if slot[1] != checksum((identity, *slot[2:label_end])):
            continue
        entry = {"slot": number, "identity": identity, "keyHash": slot[2]}
        entry["model_id"] = text(slot[4:label_end], slot[3])
        at = 2
        for name, width in SCALARS:
            entry[name] = row[at] + (row[at + 1] << 32 if width == 2 else 0)
            at += width
        entry["classCounts"] = row[60:84]
        entry["latencyBuckets"] = row[84:100]
        model, region = row[100] & 255, row[100] >> 8
        texts = struct.pack(f"<{words_of(length)}I", *row[102 : 102 + words_of(length)])[:length]
        entry["servedModel"] = texts[:model].decode("utf-8")
        entry["region"] = texts[model : model + region].decode("utf-8")
        entry["text"] = texts[model + region :].decode("utf-8")
        print(json.dumps(entry))
