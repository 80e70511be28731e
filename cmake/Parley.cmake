# The few rules that all targets share.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without these, ccache declines every file that uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      ${CCACHE})
endif()

add_library(parley_options INTERFACE)
target_compile_options(
  parley_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                           -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION
                                          VERSION_LESS 13)
  # g++ 12 sees errors of these three kinds in inlined strings, optionals and
  # results where there are none (GCC bugs 105329, 105562, 105651).
  target_compile_options(
    parley_options INTERFACE -Wno-array-bounds -Wno-stringop-overflow
                             -Wno-restrict)
endif()
if(CMAKE_UNITY_BUILD)
  # A source that another file includes is taken for a header.
  target_compile_options(parley_options INTERFACE -Wno-subobject-linkage)
endif()
target_include_directories(parley_options
                           INTERFACE ${CMAKE_SOURCE_DIR}/include)
if(PARLEY_FAULTS)
  target_compile_definitions(parley_options INTERFACE PARLEY_FAULTS)
endif()
if(PARLEY_SANITIZE)
  # CAF's init_fun_factory.hpp calls through a null pointer by design.
  add_compile_options(-fsanitize=${PARLEY_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  # With the instrumentation g++ 12 no longer sees what initialises what.
  add_compile_options(-Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${PARLEY_SANITIZE})
  if(PARLEY_SANITIZE MATCHES thread)
    # Asio's fences are beside atomics that the sanitizer does see.
    add_compile_options(-Wno-tsan)
  endif()
  if(PARLEY_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize=null,vptr)
  endif()
endif()

# One static library a part: parley_library(NAME SOURCES ... LINKS ...
# [PRIVATE_LINKS ...] [PCH headers]).
function(parley_library part)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS;PCH" ${ARGN})
  add_library(parley_${part} STATIC ${ARG_SOURCES})
  target_link_libraries(
    parley_${part}
    PUBLIC ${ARG_LINKS}
    PRIVATE parley_options ${ARG_PRIVATE_LINKS})
  target_include_directories(parley_${part}
                             PUBLIC ${CMAKE_SOURCE_DIR}/include
                             PRIVATE ${CMAKE_SOURCE_DIR}/src)
  if(ARG_PCH)
    target_precompile_headers(parley_${part} PRIVATE ${ARG_PCH})
  endif()
endfunction()

# One doctest program: parley_test(NAME LABEL unit SOURCES ... LINKS ...
# [TIMEOUT seconds] [PCH headers]). Its name in CTest is LABEL.NAME.
function(parley_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;LINKS;PCH" ${ARGN})
  set(target test_${name})
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE parley_options parley_test_main
                                          ${ARG_LINKS})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests
                                               ${CMAKE_SOURCE_DIR}/src)
  target_compile_definitions(
    ${target} PRIVATE PARLEY_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                      PARLEY_BINARY="${CMAKE_BINARY_DIR}/bin/parley")
  if(ARG_PCH)
    target_precompile_headers(${target} PRIVATE ${ARG_PCH})
  endif()
  add_test(NAME ${ARG_LABEL}.${name} COMMAND ${target})
  set_tests_properties(${ARG_LABEL}.${name} PROPERTIES LABELS ${ARG_LABEL})
  if(ARG_TIMEOUT)
    set_tests_properties(${ARG_LABEL}.${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
  else()
    set_tests_properties(${ARG_LABEL}.${name} PROPERTIES TIMEOUT 120)
  endif()
endfunction()
