# Sourced by run, test, measure and screenshots: system packages and the Rust toolchain. Defines functions, does nothing by itself.

# Needed to build: rodio wants ALSA's headers; nasm makes the H.264 encoder 2.5 times faster.
build_packages=(gcc g++ make nasm pkg-config libasound2-dev)

# What the window loads as it starts, beyond what these bring along: OpenGL, then X11 or Wayland, then the
# fonts for scripts that the built-in ones lack.
window_packages=(libgl1 libgl1-mesa-dri libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0
    libegl1 libwayland-client0 libwayland-egl1 libxkbcommon0 libfontconfig1)

# Needed to use the window without a screen: a display, a window manager, a mouse and keyboard, pictures.
display_packages=(xvfb openbox xdotool x11-xkb-utils imagemagick)

# Another program to drag files out of, in the tests.
drag_packages=(python3-gi gir1.2-gtk-3.0)

# Reads the exported books in the tests.
book_packages=(hledger)

say() { printf '%s\n' "$*" >&2; }

# Whether the commands to install packages may be run as root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        return 1
    fi
}

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs the Debian or Ubuntu packages named that are missing. Quiet unless something fails.
install_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "This is no Debian or Ubuntu; if something is missing below, install:"
        say "  Fedora: gcc gcc-c++ make nasm pkgconf-pkg-config alsa-lib-devel mesa-libGL mesa-libEGL libxkbcommon-x11 xorg-x11-server-Xvfb openbox xdotool setxkbmap ImageMagick gnome-keyring dbus-daemon espeak-ng"
        say "  Arch:   base-devel nasm alsa-lib mesa libxkbcommon-x11 xorg-server-xvfb openbox xdotool xorg-setxkbmap imagemagick gnome-keyring dbus espeak-ng"
        return 0
    fi
    local missing=() package
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        rm -f "$log"
        say "Could not install them. As root: apt-get install ${missing[*]}"
        return 1
    fi
    rm -f "$log"
}

# Finds cargo, or installs it for this user with rustup.
need_cargo() {
    if ! command -v cargo >/dev/null && [ -f "$HOME/.cargo/env" ]; then
        # shellcheck source=/dev/null
        . "$HOME/.cargo/env"
    fi
    if ! command -v cargo >/dev/null; then
        install_packages curl ca-certificates
        say "Rust is missing: installing it for this user with rustup"
        curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
            sh -s -- -y --quiet --profile minimal --component rustfmt --component clippy
        # shellcheck source=/dev/null
        . "$HOME/.cargo/env"
    fi
}
