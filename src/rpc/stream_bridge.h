#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

namespace tradeauto {

namespace asio = boost::asio;

// Between gRPC's reactions and a strand: one end of a bidirectional stream. `Reactor` is grpc::ServerBidiReactor or
// ClientBidiReactor, `In` what it reads, `Out` what it writes.
//
// gRPC calls the reactions on its own threads; each posts to the strand and returns. Everything else happens on the
// strand, so at most one read and one write are under way (a reply may overtake the own OnWriteDone, and a second
// StartWrite aborts the process). The object holds itself from attach() to detach(), which OnDone alone may bring
// about.
template <typename Reactor, typename In, typename Out>
class StreamBridge : public Reactor, public std::enable_shared_from_this<StreamBridge<Reactor, In, Out>> {
 public:
  StreamBridge(const StreamBridge&) = delete;
  StreamBridge& operator=(const StreamBridge&) = delete;

  void OnReadDone(bool ok) final {
    asio::post(strand_, [self = this->shared_from_this(), ok] {
      self->reading_ = false;
      ok ? self->on_message(std::move(self->incoming_)) : self->on_read_end();
    });
  }
  void OnWriteDone(bool ok) final {
    asio::post(strand_, [self = this->shared_from_this(), ok] { self->write_done(ok); });
  }

 protected:
  explicit StreamBridge(asio::any_io_executor strand) : strand_(std::move(strand)) {}

  void attach() { self_ = this->shared_from_this(); }
  void detach() { self_.reset(); }

  // Asks for the next message: on_message() or on_read_end() follows.
  void read_next() {
    if (std::exchange(reading_, true)) return;
    incoming_.Clear();
    this->StartRead(&incoming_);
  }
  // Queues a message. Not after the stream has been finished.
  void write(Out message) {
    queue_.push_back(std::move(message));
    if (!writing_) start_write();
  }
  // Drops what has not been handed to gRPC.
  void drop_writes() {
    const std::size_t keep = writing_ ? 1 : 0;
    while (queue_.size() > keep) {
      on_written(queue_.back());
      queue_.pop_back();
    }
  }
  // Nothing is queued and nothing under way.
  bool writes_done() const { return queue_.empty(); }
  std::size_t queued() const { return queue_.size(); }
  const asio::any_io_executor& strand() const { return strand_; }

  // Reactions, on the strand.
  virtual void on_message(In message) = 0;
  virtual void on_read_end() = 0;
  virtual void on_write_failed() = 0;
  virtual void on_all_written() = 0;
  // The message has left, or never will: its secrets can be wiped.
  virtual void on_written(Out& /*message*/) {}

 private:
  void start_write() {
    writing_ = true;
    this->StartWrite(&queue_.front());
  }
  void write_done(bool ok) {
    writing_ = false;
    on_written(queue_.front());
    queue_.pop_front();
    if (!ok) {
      drop_writes();
      on_write_failed();
    } else if (queue_.empty()) {
      on_all_written();
    } else {
      start_write();
    }
  }

  const asio::any_io_executor strand_;
  std::shared_ptr<StreamBridge> self_;

  // Strand.
  bool reading_ = false;
  bool writing_ = false;
  In incoming_;
  std::deque<Out> queue_;  // the front one is under way while writing_; a deque does not move it
};

}  // namespace tradeauto
