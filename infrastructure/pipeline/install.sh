#!/usr/bin/env bash
# What a CodeBuild machine (Amazon Linux) lacks. On a laptop these are installed as its owner likes.

set -euo pipefail

if ! command -v terraform >/dev/null; then
  dnf install -y -q dnf-plugins-core
  dnf config-manager --add-repo https://rpm.releases.hashicorp.com/AmazonLinux/hashicorp.repo # Its packages are signed.
  dnf install -y -q terraform-1.11.4
fi

# The toolchain that rust-toolchain.toml names is installed by the first use of cargo.
if ! command -v cargo >/dev/null; then
  curl --proto '=https' --tlsv1.2 -fsS https://sh.rustup.rs | sh -s -- -y --default-toolchain none --profile minimal
  ln -s "$HOME"/.cargo/bin/* /usr/local/bin/
fi

pip3 install --quiet --requirement "$(dirname "$0")/../tests/requirements.txt"
