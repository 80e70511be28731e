# cmake -DNPM=… -DINSTALLED=node_modules/.package-lock.json -P npm_ci.cmake
# Build folders share what npm installs: another one may have done it.
if(NOT EXISTS ${INSTALLED} OR package-lock.json IS_NEWER_THAN ${INSTALLED})
  execute_process(COMMAND ${NPM} ci --silent COMMAND_ERROR_IS_FATAL ANY)
endif()
file(TOUCH ${INSTALLED})
