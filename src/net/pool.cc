#include "net/pool.h"

#include <pthread.h>

namespace tradeauto {

BlockingPool::BlockingPool(std::string name, std::size_t threads)
    : context_(static_cast<int>(threads)), work_(asio::make_work_guard(context_)) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this, name] {
      pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
      context_.run();
    });
  }
}

BlockingPool::~BlockingPool() {
  work_.reset();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace tradeauto
