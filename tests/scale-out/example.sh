# Prints the Nth block of code below a heading of docs/scale-out.md: example HEADING N. For the other scripts here, so that
# they run what the document says.
example() {
  awk -v heading="## $1" -v wanted="$2" '
    /^## / { below = $0 == heading; block = 0 }
    /^```/ { inside = !inside; if (inside && below) block++; next }
    inside && below && block == wanted
  ' "$(dirname "${BASH_SOURCE[0]}")/../../docs/scale-out.md"
}
