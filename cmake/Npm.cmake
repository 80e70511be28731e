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
