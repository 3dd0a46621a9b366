#include <unistd.h>

#include "app/program.h"

int main(int argc, char** argv) { return tradeauto::run_program(argc, argv, environ); }
