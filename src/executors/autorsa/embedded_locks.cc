#include "executors/autorsa/embedded_locks.h"

// The assembler takes a file as it is; a string literal may not be this long.
#define TRADEAUTO_EMBED(name, file)                                                         \
  __asm__(                                                                                  \
      ".pushsection .rodata\n"                                                              \
      ".hidden " #name "_begin\n.global " #name "_begin\n" #name "_begin:\n.incbin \"" file \
      "\"\n"                                                                                \
      ".hidden " #name "_end\n.global " #name "_end\n" #name                                \
      "_end:\n.byte 0\n"                                                                    \
      ".popsection\n");                                                                     \
  extern "C" const char name##_begin[];                                                     \
  extern "C" const char name##_end[]

TRADEAUTO_EMBED(tradeauto_requirements, TRADEAUTO_REQUIREMENTS_LOCK);
TRADEAUTO_EMBED(tradeauto_build_requirements, TRADEAUTO_BUILD_REQUIREMENTS_LOCK);

namespace tradeauto {

std::string_view requirements_lock() { return {tradeauto_requirements_begin, tradeauto_requirements_end}; }
std::string_view build_requirements_lock() {
  return {tradeauto_build_requirements_begin, tradeauto_build_requirements_end};
}

}  // namespace tradeauto
