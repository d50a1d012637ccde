# Lazaret's launcher goes on with the first BYTES bytes of stdin, which are the same for every script. `lazaret plan`
# shows them; their SHA-256 is DIGEST.
LC_ALL=C IFS= read -rN BYTES text || exit
eval "$text"
