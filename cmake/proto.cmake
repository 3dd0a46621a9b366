# Generates and compiles the wire contracts of proto/. Their headers are "tradeauto/v1/worker.pb.h" and, for the legacy files,
# "ActivationTask.pb.h" …; only src/rpc may include them.
#   tradeauto_proto(<target> ROOT <folder> [GRPC <file>...] [MESSAGES <file>...])
# Files are relative to ROOT; GRPC ones also get service code.
function(tradeauto_proto target)
  cmake_parse_arguments(ARG "" "ROOT" "GRPC;MESSAGES" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target})
  set(generated)
  foreach(file IN LISTS ARG_GRPC ARG_MESSAGES)
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(products ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set(arguments --cpp_out=${out})
    if(file IN_LIST ARG_GRPC)
      list(APPEND products ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      list(APPEND arguments --grpc_out=${out} --plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN})
    endif()
    # Every file depends on all of them: imports are few and change rarely.
    list(TRANSFORM ARG_GRPC PREPEND ${ARG_ROOT}/ OUTPUT_VARIABLE grpc_inputs)
    list(TRANSFORM ARG_MESSAGES PREPEND ${ARG_ROOT}/ OUTPUT_VARIABLE message_inputs)
    add_custom_command(
      OUTPUT ${products}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${out}
      COMMAND protobuf::protoc ${arguments} -I ${ARG_ROOT} ${file}
      DEPENDS ${grpc_inputs} ${message_inputs}
      VERBATIM)
    list(APPEND generated ${products})
  endforeach()
  # Not our code: none of our warnings.
  add_library(${target} STATIC ${generated})
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf PkgConfig::grpcpp)
  if(TRADEAUTO_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${TRADEAUTO_SANITIZE} -fno-sanitize-recover=all)
  endif()
endfunction()
