# Read by the other scripts here: finds what they need or says what to do. Sets KURIR_HOME and JAVA_HOME.

KURIR_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
JAVA_MAJOR=25

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 2; }

# What is installed without its sources, as in a container, is never built: a runtime is enough for it.
is_jdk() {
  { [ -x "$1/bin/javac" ] || [ ! -d "$KURIR_HOME/src" ]; } && "$1/bin/java" -version 2>&1 | grep -q "version \"$JAVA_MAJOR[.\"]"
}

# The folder of a java on the path, through the links that lead there.
java_on_path() {
  local java
  java=$(command -v java) || return 0
  while [ -L "$java" ]; do
    local next
    next=$(readlink "$java")
    case $next in /*) java=$next ;; *) java=$(dirname "$java")/$next ;; esac
  done
  dirname "$(dirname "$java")"
}

find_jdk() {
  local candidate
  for candidate in "${JAVA_HOME:-}" "$(java_on_path)" \
    /usr/lib/jvm/*"$JAVA_MAJOR"* /opt/java/* /opt/*jdk*"$JAVA_MAJOR"* \
    "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/"$JAVA_MAJOR"* \
    "${MISE_DATA_DIR:-$HOME/.local/share/mise}"/installs/java/*"$JAVA_MAJOR"* \
    "${ASDF_DATA_DIR:-$HOME/.asdf}"/installs/java/*"$JAVA_MAJOR"* \
    "$HOME"/.jdks/*"$JAVA_MAJOR"* \
    "$(/usr/libexec/java_home -v "$JAVA_MAJOR" 2>/dev/null || true)"; do
    if [ -n "$candidate" ] && is_jdk "$candidate"; then
      export JAVA_HOME=$candidate
      # Maven's own libraries would warn on such a new JDK.
      export MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
      return
    fi
  done
  die "Kurir needs a JDK $JAVA_MAJOR and found none: install one (for example Eclipse Temurin $JAVA_MAJOR) or set JAVA_HOME to it."
}

need_build_tools() {
  command -v mvn >/dev/null || die "Building Kurir needs Maven 3.8 or newer: install it (Debian: apt-get install maven)."
  command -v node >/dev/null && command -v npm >/dev/null ||
    die "Building Kurir needs Node.js 20.19 or newer with npm: install them (Debian: apt-get install nodejs npm)."
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
    die "Building Kurir needs Node.js 20.19 or newer; $(command -v node) is $(node --version)."
}

up_to_date() {
  local jar=$KURIR_HOME/target/kurir.jar
  [ -f "$jar" ] && [ -d "$KURIR_HOME/target/lib" ] && [ -z "$(find "$KURIR_HOME/src/main" "$KURIR_HOME/pom.xml" \
    "$KURIR_HOME"/*.yaml -name node_modules -prune -o -type f -newer "$jar" -print -quit 2>/dev/null)" ]
}

# Rebuilt when a source is newer. Under a lock, so that two starts do not build into each other.
build() {
  up_to_date && return
  need_build_tools
  local begin=$SECONDS
  say "Building Kurir; the first time this loads libraries and takes some minutes …"
  (
    mkdir -p "$KURIR_HOME/target"
    if command -v flock >/dev/null; then flock 9; fi
    up_to_date && exit 0
    cd "$KURIR_HOME" && mvn -q -B -ntp -Dstyle.color=never -Dmaven.test.skip=true -Dspotless.check.skip=true package >&2 9>&- && touch target/kurir.jar
  ) 9>"$KURIR_HOME/.build.lock" || die "The build failed, see above."
  say "Built in $((SECONDS - begin)) s."
}

installed_browser() {
  local candidate
  for candidate in "${KURIR_WHATSAPP_BROWSER_EXECUTABLE:-}" "${CHROME_PATH:-}" "${PUPPETEER_EXECUTABLE_PATH:-}" \
    google-chrome google-chrome-stable chromium chromium-browser \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null; then
      command -v "$candidate"
      return
    fi
  done
}

# What Playwright has loaded, if it runs here: on a system without its libraries it does not.
downloaded_browser() {
  local candidate
  for candidate in "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome \
    "$HOME"/Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*; do
    if [ -x "$candidate" ] && "$candidate" --version >/dev/null 2>&1; then
      printf '%s\n' "$candidate"
      return
    fi
  done
}

install_package() {
  [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null || return 1
  say "Installing the package chromium …"
  export DEBIAN_FRONTEND=noninteractive
  # An old list of packages has an old browser: Chromium 150 closes each page as it opens, 156 does not.
  apt-get update -q >&2 || say "The list of packages could not be brought up to date."
  apt-get install -y -q --no-install-recommends chromium >&2
}

# Sets CHROME_PATH; needs the class path in $1 for Playwright's own download.
find_browser() {
  local browser
  browser=$(installed_browser)
  [ -n "$browser" ] || browser=$(downloaded_browser)
  if [ -z "$browser" ]; then
    say "No Chrome or Chromium is installed; Playwright loads its own …"
    env -u PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD "$JAVA_HOME/bin/java" -cp "$1" com.microsoft.playwright.CLI install chromium >&2 || true
    browser=$(downloaded_browser)
  fi
  if [ -z "$browser" ] && install_package; then
    browser=$(installed_browser)
  fi
  [ -n "$browser" ] ||
    die "Kurir needs Chrome or Chromium and could not get one: install it (Debian: apt-get install chromium) or set CHROME_PATH to it."
  export CHROME_PATH=$browser
}
