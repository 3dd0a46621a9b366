// The table of settings: one row each. docs/reference/settings.md is made from it (`tradeauto config reference`).
#include <array>

#include <fmt/format.h>

#include "app/settings.h"

namespace tradeauto {
namespace {

using enum SettingType;

constexpr std::array kSettings = {
    SettingRow{"MAIN_SERVER_HOST", host, "localhost", "", "Where a worker finds the main server."},
    SettingRow{"MAIN_SERVER_PORT", port, "50052", "1..65535", "The main server's gRPC port, as a worker dials it."},
    SettingRow{
        "WORKER_PROTOCOL", choice, "auto", "auto|session|legacy",
        "What a worker speaks with the main server. legacy: it pings, and is called back, as the original pair's "
        "workers. auto: legacy only with a main server that does not know sessions."},
    SettingRow{
        "TASK_FETCHER_HOST", host, "127.0.0.1", "",
        "Where a worker listens for an original main server to call back; nowhere before it has met one (auto)."},
    SettingRow{"TASK_FETCHER_PORT", port, "50051", "0..65535",
               "The port for the same. 0: any free one; with WORKER_PROTOCOL=legacy it is told in the ready line."},
    SettingRow{
        "DATA_DIR", path, "", "",
        "Everything this process keeps. Default: $XDG_DATA_HOME/tradeauto, ~/.local/share/tradeauto or, without a "
        "home, /var/lib/tradeauto. One process owns it."},
    SettingRow{"HTTP_HOST", host, "127.0.0.1", "",
               "Where the main server listens for REST, and a worker that has an HTTP_PORT for its probes."},
    SettingRow{
        "HTTP_PORT", port, "8000", "0..65535",
        "The port for REST. 0: any free one, told in the ready line. A worker answers /healthz, /readyz and /metrics "
        "on it, and on none until this is set."},
    SettingRow{"AUTH", on_off, "on", "on|off",
               "REST asks for the token. off: everybody on this machine is an administrator, as at the original main; "
               "HTTP_HOST must be loopback then, and web pages of other origins are refused. Workers' sessions show "
               "their token in any case."},
    SettingRow{"RATE_LIMIT_PER_MINUTE", whole_number, "600000", "0..10000000",
               "How many requests a minute one token may send; more get 429 with Retry-After. The original's paths do "
               "not count. 0: no limit."},
    SettingRow{
        "CORS_ORIGINS", list, "", "",
        "Origins whose web pages may ask and read, with a token of their own: https://host or https://host:port, "
        "exactly, separated by commas. Empty: none. While AUTH is off they are refused all the same."},
    SettingRow{"LEGACY_API", choice, "auto", "auto|on|off",
               "Answer the REST of the original main: /createGroup, /activate, /deactivate, /transaction. auto: while "
               "HTTP_HOST is loopback."},
    SettingRow{"LEGACY_DEFAULT_ORDER", on_off, "off", "on|off",
               "A /transaction that names no order buys 1 AAPL, live, as the original did. off: it is refused."},
    SettingRow{"GRPC_HOST", host, "127.0.0.1", "", "Where the main server listens for workers."},
    SettingRow{"GRPC_PORT", port, "50052", "0..65535",
               "The port for workers. 0: any free one, told in the ready line."},
    SettingRow{"LEGACY_WORKERS", choice, "auto", "auto|on|off",
               "Serve workers of the original pair, which ping and are called back. auto: while GRPC_HOST is loopback "
               "and there is no TLS, which they do not speak."},
    SettingRow{"LEGACY_ALLOW", list, "", "",
               "Addresses beyond loopback that may speak the original pair's contract, separated by commas. It has no "
               "TLS."},
    SettingRow{
        "STORE", text, "sqlite", "sqlite|redis://[USER@]HOST[:PORT][/DB]|rediss://…",
        "Where groups, accounts and orders are kept. sqlite: a file in DATA_DIR. redis: Redis 7 or later, alone, that "
        "writes to disk before it answers; the database must be empty or ours. One main server writes to it. rediss: "
        "the same in TLS."},
    SettingRow{"REDIS_PASSWORD_FILE", path, "", "", "The file with the password for STORE=redis://…, mode 0600."},
    SettingRow{"REDIS_CA_FILE", path, "", "",
               "Authorities, PEM: with STORE=rediss://… one of them must have signed the certificate of Redis, for the "
               "host in STORE. Default: whom the system trusts."},
    SettingRow{"REDIS_CERT_FILE", path, "", "",
               "The certificate, PEM, that the main server shows to a Redis that asks (tls-auth-clients). Needs "
               "REDIS_KEY_FILE."},
    SettingRow{"REDIS_KEY_FILE", path, "", "", "Its private key: PEM without a pass phrase, mode 0600."},
    SettingRow{
        "STORE_ALLOW_LOSS", on_off, "off", "on|off",
        "Serve although Redis may lose what it acknowledged (appendonly, appendfsync, maxmemory-policy), or hides "
        "whether it may. An order may then be lost, or placed again."},
    SettingRow{"MASTER_KEY_FILE", path, "", "",
               "The key that seals credentials. Default: DATA_DIR/master.key, made at the first start (mode 0600)."},
    SettingRow{
        "TOKEN_FILE", path, "", "",
        "The access token that the command line and a worker show. Default: DATA_DIR/admin.token, else the one of "
        "the default DATA_DIR."},
    SettingRow{
        "WORKER_NAME", text, "", "",
        "What a worker calls itself; unique among the workers of a main server. Default: host name and a part of its "
        "journal's id."},
    SettingRow{"WORKER_GROUPS", list, "", "",
               "The only groups that this worker takes, separated by commas. Empty: any."},
    SettingRow{"LEASE_SECONDS", seconds, "15", "1..300",
               "How long a worker that is not heard of keeps its groups. A lost worker's groups move after it."},
    SettingRow{"ORDER_DEADLINE_SECONDS", seconds, "900", "1..86400",
               "By when an order must have started when it names no deadline; then what waits is expired."},
    SettingRow{"EXECUTION_SECONDS", seconds, "300", "1..3600",
               "How long a run may take before it is ended, and an account be asked what it holds."},
    SettingRow{"BROWSER_EXECUTION_SECONDS", seconds, "600", "1..3600", "The same for brokerages that need a browser."},
    SettingRow{
        "TLS_CERT_FILE", path, "", "",
        "The certificate that this process shows, then those up to its authority; PEM. With it the main server speaks "
        "HTTPS for REST and TLS with workers (1.3, and 1.2 with AEAD), nothing in clear. A worker shows it to a main "
        "server that asks. Needs TLS_KEY_FILE. None starts with an expired one. Read anew at SIGHUP."},
    SettingRow{"TLS_KEY_FILE", path, "", "",
               "Its private key: PEM without a pass phrase, mode 0600. Read anew at SIGHUP."},
    SettingRow{
        "TLS_CA_FILE", path, "", "",
        "Authorities; PEM. Main server: a worker must show a certificate that one of them signed; REST asks for none. "
        "Worker: dial with TLS, and go on only if one of them signed the main server's certificate for "
        "MAIN_SERVER_HOST. Command line: the same for https://; default: whom the system trusts. Read anew at SIGHUP."},
    SettingRow{"ALLOW_PLAINTEXT_BEYOND_LOOPBACK", on_off, "off", "on|off",
               "Listen on, and dial, addresses beyond this machine without TLS. Credentials then travel in clear."},
    SettingRow{"AUTORSA_COMMAND", path, "", "",
               "The AutoRSA command line tool. Default: the one that `tradeauto autorsa install` made in DATA_DIR."},
    SettingRow{"AUTORSA_PYTHON", path, "", "", "The Python (3.12 or later) for the install. Default: found by itself."},
    SettingRow{"AUTORSA_PASS_ENV", list,
               "HTTP_PROXY,HTTPS_PROXY,NO_PROXY,http_proxy,https_proxy,no_proxy,REQUESTS_CA_BUNDLE,SSL_CERT_FILE,"
               "CURL_CA_BUNDLE,LANG,TZ",
               "", "Names of environment variables that a run may inherit."},
    SettingRow{"PAPER_DIR", path, "", "", "State of the paper brokerage. Default: DATA_DIR/paper."},
    SettingRow{"PAPER_SEED", whole_number, "1", "0..9223372036854775807", "Seed of the paper brokerage's prices."},
    SettingRow{"PAPER_PRICES_FILE", path, "", "",
               "Fixed prices for the paper brokerage: a JSON object of symbol and price."},
    SettingRow{"PAPER_ALLOW_CRASH", on_off, "off", "on|off",
               "Let the paper brokerage's fault `crash` end the worker. For tests of the system."},
    SettingRow{"LOG_LEVEL", choice, "info", "debug|info|warn|error", "The least that is logged. Read anew at SIGHUP."},
    SettingRow{"LOG_FORMAT", choice, "auto", "auto|text|json", "auto: text on a terminal, JSON lines otherwise."},
};

std::string_view type_name(SettingType type) {
  switch (type) {
    case text: return "text";
    case host: return "host";
    case port: return "port";
    case path: return "path";
    case whole_number: return "whole number";
    case seconds: return "seconds";
    case on_off: return "on/off";
    case list: return "list";
    case choice: return "choice";
  }
  return "text";
}

}  // namespace

std::span<const SettingRow> all_settings() { return kSettings; }

const SettingRow* find_setting(std::string_view key) {
  for (const SettingRow& row : kSettings) {
    if (row.key == key) return &row;
  }
  return nullptr;
}

std::string flag_of(std::string_view key) {
  std::string flag = "--";
  for (const char c : key) flag += c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return flag;
}

std::string settings_reference() {
  std::string out =
      "# Settings\n"
      "Made from the code's table by `tradeauto config reference`; do not edit.\n\n"
      "Each setting is a key in `configs/app.json` (or the file of `--config`), an environment variable "
      "`TRADEAUTO_<KEY>` and a\n"
      "flag. Flag beats environment beats file beats default. An unknown key or a bad value ends the start with an "
      "error that\n"
      "names it.\n\n"
      "| key | flag | type | default | allowed | meaning |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const SettingRow& row : kSettings) {
    std::string allowed(row.allowed);
    for (std::size_t at = 0; (at = allowed.find('|', at)) != std::string::npos; at += 2) allowed.replace(at, 1, ", ");
    out += fmt::format("| `{}` | `{}` | {} | {} | {} | {} |\n", row.key, flag_of(row.key), type_name(row.type),
                       row.default_value.empty() ? "" : fmt::format("`{}`", row.default_value), allowed, row.help);
  }
  return out;
}

std::string_view to_string(SettingOrigin origin) {
  switch (origin) {
    case SettingOrigin::built_in: return "default";
    case SettingOrigin::file: return "file";
    case SettingOrigin::environment: return "environment";
    case SettingOrigin::flag: return "flag";
  }
  return "default";
}

}  // namespace tradeauto
