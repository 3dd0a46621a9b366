#include "cli/completion.h"

#include <memory>
#include <utility>

#include "cli/command_set.h"
#include "cli/words.h"

namespace tradeauto {
namespace {

// bash takes a line apart at `=` and `:`; a value with them is one word to us.
constexpr std::string_view kBash = R"(# bash completion for tradeauto. In ~/.bashrc: source <(tradeauto completion bash)
_tradeauto() {
  local line=${COMP_LINE:0:COMP_POINT} words last reply
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  last=${words[-1]}
  COMPREPLY=()
  while IFS=$'\t' read -r reply _; do
    [[ $COMP_WORDBREAKS == *=* && $last == *=* ]] && reply=${reply#*=}
    COMPREPLY+=("$reply")
  done < <("$1" completion reply -- "${words[@]:1}" 2>/dev/null)
}
complete -o default -F _tradeauto tradeauto
)";

constexpr std::string_view kZsh = R"(#compdef tradeauto
# zsh completion for tradeauto. In ~/.zshrc, after compinit: source <(tradeauto completion zsh)
_tradeauto() {
  local -a candidates
  local word help
  while IFS=$'\t' read -r word help; do
    candidates+=("${word//:/\\:}:$help")
  done < <("${words[1]}" completion reply -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#candidates )); then _describe tradeauto candidates; else _files; fi
}
if [[ $funcstack[1] == _tradeauto ]]; then _tradeauto "$@"; else compdef _tradeauto tradeauto; fi
)";

constexpr std::string_view kFish =
    R"(# fish completion for tradeauto. tradeauto completion fish > ~/.config/fish/completions/tradeauto.fish
function __tradeauto_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] completion reply -- $words[2..-1] 2>/dev/null
end
complete -c tradeauto -f -a '(__tradeauto_complete)'
complete -c tradeauto -n 'not count (__tradeauto_complete) >/dev/null' -F
)";

// A hidden group: settings as flags of every command, and what only scripts call.
bool is_hidden(const std::string& group) { return group.empty(); }

std::string one_line(const std::string& text) { return text.substr(0, text.find('\n')); }

void offer(std::vector<Candidate>& out, std::string_view begun, std::string word, const std::string& help) {
  if (word.starts_with(begun)) out.push_back({.word = std::move(word), .help = one_line(help)});
}

std::vector<Candidate> commands_below(const CLI::App& app, std::string_view begun) {
  std::vector<Candidate> out;
  for (const CLI::App* below : app.get_subcommands({})) {
    if (!is_hidden(below->get_group())) offer(out, begun, below->get_name(), below->get_description());
  }
  return out;
}

// The settings, some forty, only once a letter says that one is wanted.
std::vector<Candidate> flags_of_command(const CLI::App& app, std::string_view begun) {
  std::vector<Candidate> out;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      if (is_hidden(option->get_group()) && begun.size() < 3) continue;
      for (const std::string& name : option->get_lnames()) offer(out, begun, "--" + name, option->get_description());
    }
  }
  return out;
}

std::vector<Candidate> values_of(const CLI::Option& option, std::string_view begun, const std::string& before = {}) {
  std::vector<Candidate> out;
  for (const std::string& choice : choices_of(option)) {
    if (choice.starts_with(begun)) out.push_back({.word = before + choice, .help = {}});
  }
  return out;
}

// Where the words before the last lead.
struct Place {
  const CLI::App* app;
  const CLI::Option* value_of = nullptr;  // the last word is the value of this flag
  bool known = true;
};

Place place_of(const CLI::App& root, const std::vector<std::string>& words) {
  Place place{.app = &root};
  for (std::size_t i = 0; i + 1 < words.size() && place.known; ++i) {
    const std::string& word = words[i];
    if (place.value_of != nullptr) {
      place.value_of = nullptr;
    } else if (word.starts_with('-') && word.size() > 1) {
      place.known = word != "--";
      const CLI::Option* option = find_flag(*place.app, word);
      if (option != nullptr && takes_value(*option)) place.value_of = option;
    } else if (!place.app->get_subcommands({}).empty()) {
      const CLI::App* below = find_below(*place.app, word);
      place.known = below != nullptr;
      if (below != nullptr) place.app = below;
    }
  }
  return place;
}

asio::awaitable<Result<ExitCode>> reply(Command& command, const CLI::App& root, std::vector<std::string> words) {
  std::string text;
  for (const Candidate& candidate : complete(root, words)) text += candidate.word + "\t" + candidate.help + "\n";
  co_return command.print_text(text);
}

asio::awaitable<Result<ExitCode>> print_script(Command& command, std::string_view shell) {
  co_return command.print_text(completion_script(shell));
}

}  // namespace

std::vector<Candidate> complete(const CLI::App& app, const std::vector<std::string>& words) {
  if (words.empty()) return {};
  const Place place = place_of(app, words);
  if (!place.known) return {};
  const std::string_view last = words.back();
  if (place.value_of != nullptr) return values_of(*place.value_of, last);
  if (!last.starts_with('-')) return commands_below(*place.app, last);
  const auto equals = last.find('=');
  if (equals == std::string_view::npos) return flags_of_command(*place.app, last);
  const CLI::Option* option = find_flag(*place.app, std::string(last.substr(0, equals)));
  if (option == nullptr) return {};
  return values_of(*option, last.substr(equals + 1), std::string(last.substr(0, equals + 1)));
}

std::string_view completion_script(std::string_view shell) {
  if (shell == "zsh") return kZsh;
  return shell == "fish" ? kFish : kBash;
}

void add_completion_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("completion", "words that a shell completes at the Tab key");
  const std::pair<std::string_view, const char*> examples[] = {
      {"bash",
       "source <(tradeauto completion bash)   # in this shell\n"
       "echo 'source <(tradeauto completion bash)' >> ~/.bashrc   # in each"},
      {"zsh",
       "source <(tradeauto completion zsh)   # in this shell\n"
       "tradeauto completion zsh > ~/.zfunc/_tradeauto   # a folder of your fpath"},
      {"fish", "tradeauto completion fish > ~/.config/fish/completions/tradeauto.fish"}};
  for (const auto& [shell, example] : examples) {
    CLI::App& verb = add_verb(noun, std::string(shell), "the script for " + std::string(shell), example);
    run_on(set, verb, [shell](Command& command) { return print_script(command, shell); });
  }
  const auto words = std::make_shared<std::vector<std::string>>();
  CLI::App& answer = add_verb(noun, "reply", "what the scripts ask", "tradeauto completion reply -- order ca");
  answer.group("");
  answer.add_option("words", *words, "the words so far, the last as far as it was typed");
  run_on(set, answer, [words, root = &set.root](Command& command) { return reply(command, *root, *words); });
}

}  // namespace tradeauto
