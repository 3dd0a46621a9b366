#pragma once

namespace tradeauto {

// The whole program: reads arguments, settings and environment, runs one command, returns the exit code
// (conventions.md).
int run_program(int argc, char** argv, char** environment);

}  // namespace tradeauto
