# Lazaret's launcher goes on with the first BYTES bytes of stdin, which are the same for every script. `lazaret plan`
# shows them; their SHA-256 is DIGEST.
import posix
text = b""
while len(text) < BYTES:
    text += posix.read(0, BYTES - len(text)) or posix._exit(1)
for part in text.split(b"\n# ----\n"):
    exec(part)
