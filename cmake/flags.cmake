# Language, warnings, hardening and sanitizers of every target of ours.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

# -g1 keeps line numbers in a stack trace at a third of the compile time of -g.
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -fno-omit-frame-pointer")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

add_library(tradeauto_flags INTERFACE)
target_compile_options(tradeauto_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -fstack-protector-strong -fstack-clash-protection -fcf-protection)
target_compile_definitions(tradeauto_flags INTERFACE _GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(tradeauto_flags INTERFACE -D_FORTIFY_SOURCE=2)
endif()
target_link_options(tradeauto_flags INTERFACE -pie -Wl,-z,relro,-z,now -Wl,--as-needed)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # ccache can keep a precompiled header only if it holds no time stamp.
  target_compile_options(tradeauto_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
  find_program(TRADEAUTO_MOLD mold)
  if(TRADEAUTO_MOLD)
    target_link_options(tradeauto_flags INTERFACE -fuse-ld=mold)
  endif()
endif()
if(TRADEAUTO_SANITIZE)
  target_compile_options(tradeauto_flags INTERFACE -fsanitize=${TRADEAUTO_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(tradeauto_flags INTERFACE -fsanitize=${TRADEAUTO_SANITIZE})
endif()
