#pragma once

#include <string_view>

namespace tradeauto {

// requirements.lock and build-requirements.lock, as they were when this program was built: it stands alone.
std::string_view requirements_lock();
std::string_view build_requirements_lock();

}  // namespace tradeauto
