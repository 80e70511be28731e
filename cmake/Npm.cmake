# What the build does with npm.
set(PARLEY_NPM_CI ${CMAKE_CURRENT_LIST_DIR}/npm_ci.cmake)

# parley_npm_ci(OUT): installs, in the source folder, the packages that
# package-lock.json there names, whenever that changes. OUT becomes the file
# that stands for it, which npm writes last.
function(parley_npm_ci out)
  set(installed ${CMAKE_CURRENT_SOURCE_DIR}/node_modules/.package-lock.json)
  add_custom_command(
    OUTPUT ${installed}
    COMMAND ${CMAKE_COMMAND} -DNPM=${NPM} -DINSTALLED=${installed} -P
            ${PARLEY_NPM_CI}
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/package-lock.json
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    COMMENT "Fetching npm packages"
    VERBATIM)
  set(${out} ${installed} PARENT_SCOPE)
endfunction()

# parley_compile_tests(NAME INSTALLED SOURCES...): compiles tests in TypeScript,
# with the TypeScript that npm installed beside them.
function(parley_compile_tests name installed)
  set(compiled ${CMAKE_CURRENT_BINARY_DIR}/compiled.stamp)
  add_custom_command(
    OUTPUT ${compiled}
    COMMAND ${NODE} node_modules/typescript/bin/tsc -p tsconfig.json
    COMMAND ${CMAKE_COMMAND} -E touch ${compiled}
    DEPENDS ${installed} ${ARGN} tsconfig.json
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    COMMENT "Compiling ${name}"
    VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${compiled})
endfunction()

# parley_node_test(NAME FILE TIMEOUT [environment...]): a program of node:test,
# against this build's binary.
function(parley_node_test name file timeout)
  add_test(
    NAME web.${name}
    COMMAND ${NODE} --test ${file}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_tests_properties(
    web.${name}
    PROPERTIES LABELS web
               TIMEOUT ${timeout}
               ENVIRONMENT "PARLEY_BINARY=${CMAKE_BINARY_DIR}/bin/parley;${ARGN}")
endfunction()
