#pragma once

#include <csignal>
#include <string>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace tradeauto {

namespace asio = boost::asio;

// Ctrl-C (SIGINT) during one command: cancels its coroutine. Everything here runs on the command's only thread.
class Interrupt {
 public:
  explicit Interrupt(asio::io_context& io) : signals_(io, SIGINT) { listen(); }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // While it lives, the first Ctrl-C only sets fired(): what is under way (an order on its way to the server) comes to
  // its answer, so that its id can be told. The second one cancels all the same.
  class Shield {
   public:
    explicit Shield(Interrupt& owner) : owner_(owner) { ++owner_.shields_; }
    Shield(const Shield&) = delete;
    Shield& operator=(const Shield&) = delete;
    ~Shield() { --owner_.shields_; }

   private:
    Interrupt& owner_;
  };

  bool fired() const { return count_ > 0; }
  asio::cancellation_slot slot() { return cancel_.slot(); }
  // The command has ended: nothing to cancel any more.
  void close() { signals_.cancel(); }

 private:
  void listen() {
    signals_.async_wait([this](boost::system::error_code error, int) {
      if (error) return;
      ++count_;
      if (shields_ == 0 || count_ > 1) cancel_.emit(asio::cancellation_type::terminal);
      listen();
    });
  }

  asio::signal_set signals_;
  asio::cancellation_signal cancel_;
  int count_ = 0;
  int shields_ = 0;
};

}  // namespace tradeauto
