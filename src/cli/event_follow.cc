#include "cli/event_follow.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "net/timer.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

// The server gives a sign of life each 15 s: after three that did not come the connection is dead.
constexpr std::chrono::seconds kLongestSilence{45};
// How soon it comes back; the server may say another time in these bounds.
constexpr milliseconds kComeBack{1000};
constexpr milliseconds kSoonest{10};
constexpr milliseconds kLatest{30'000};

// A server that is away, or has too much to do now.
bool passes(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::resource_exhausted;
}

milliseconds pause_of(const SseReader& reader) {
  if (!reader.retry_ms()) return kComeBack;
  return std::clamp(milliseconds(*reader.retry_ms()), kSoonest, kLatest);
}

}  // namespace

asio::awaitable<Result<SseEvent>> EventFollower::next() {
  while (events_.empty()) {
    if (stream_) {
      CO_TRY_VOID(co_await read());
    } else {
      CO_TRY_VOID(co_await connect());
    }
  }
  SseEvent event = std::move(events_.front());
  events_.pop_front();
  co_return event;
}

asio::awaitable<Result<void>> EventFollower::connect() {
  CO_TRY(RestClient * rest, command_.rest());
  RestCall call;
  call.target = path_of({"events"}) + query_of({{"after", position_.empty() ? wish_.after : ""},
                                                {"group", wish_.group},
                                                {"order", wish_.order},
                                                {"type", wish_.type}});
  if (!position_.empty()) call.headers.emplace_back("Last-Event-ID", position_);
  if (was_open_) co_await sleep_for(command_.clock(), pause_of(reader_));
  auto opened = co_await rest->open_events(std::move(call));
  if (!opened.ok()) {
    if (was_open_ && passes(opened.error())) co_return Result<void>{};
    co_return std::move(opened).error();
  }
  stream_ = std::move(opened).value();
  reader_ = SseReader();
  was_open_ = true;
  co_return Result<void>{};
}

asio::awaitable<Result<void>> EventFollower::read() {
  const auto piece = co_await stream_->read(Deadline::after(command_.clock(), kLongestSilence));
  if (!piece.ok() && piece.error().code == ErrorCode::canceled) co_return piece.error();
  if (!piece.ok() || piece->empty()) {
    stream_.reset();
    live_ = false;
    told_ = false;
    broke_off_ = true;
    if (tells_) command_.note("the event stream broke off; trying again");
    co_return Result<void>{};
  }
  live_ = true;
  std::vector<SseEvent> events;
  CO_TRY_VOID(reader_.feed(*piece, events));
  if (!reader_.last_id().empty()) position_ = reader_.last_id();
  const bool has_place = !position_.empty() || !wish_.after.empty();
  if (tells_ && has_place && !std::exchange(told_, true)) {
    command_.note(broke_off_ ? "the event stream stands again" : "events as they happen; Ctrl-C ends it");
  }
  std::ranges::move(events, std::back_inserter(events_));
  co_return Result<void>{};
}

std::string reset_warning(const SseEvent& event) {
  return fmt::format("warning: the server's log does not go back to where this was; events may be missing up to {}",
                     event.id);
}

Result<json::object> object_of(const SseEvent& event) {
  boost::system::error_code bad;
  const json::value parsed = json::parse(event.data, bad);
  const json::object* object = bad ? nullptr : parsed.if_object();
  if (object != nullptr) return *object;
  return make_error(ErrorCode::internal, "unexpected_answer",
                    "the server's event stream holds no events of a tradeauto main server");
}

}  // namespace tradeauto
