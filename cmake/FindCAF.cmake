# Finds CAF, for which the distribution ships no CMake package. Defines the
# targets CAF::core, CAF::io and CAF::openssl.
find_path(CAF_INCLUDE_DIR caf/all.hpp)
find_library(CAF_CORE_LIBRARY caf_core)
find_library(CAF_IO_LIBRARY caf_io)
find_library(CAF_OPENSSL_LIBRARY caf_openssl)

if(CAF_INCLUDE_DIR)
  file(STRINGS ${CAF_INCLUDE_DIR}/caf/config.hpp _caf_version
       REGEX "^#define CAF_VERSION [0-9]+")
  string(REGEX MATCH "[0-9]+" _caf_version "${_caf_version}")
  if(_caf_version)
    math(EXPR _major "${_caf_version} / 10000")
    math(EXPR _minor "(${_caf_version} / 100) % 100")
    math(EXPR _patch "${_caf_version} % 100")
    set(CAF_VERSION ${_major}.${_minor}.${_patch})
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  CAF
  REQUIRED_VARS CAF_CORE_LIBRARY CAF_IO_LIBRARY CAF_OPENSSL_LIBRARY
                CAF_INCLUDE_DIR
  VERSION_VAR CAF_VERSION)

function(_caf_target name library)
  if(NOT TARGET CAF::${name})
    add_library(CAF::${name} UNKNOWN IMPORTED)
    set_target_properties(
      CAF::${name}
      PROPERTIES IMPORTED_LOCATION ${library}
                 INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR}
                 INTERFACE_COMPILE_DEFINITIONS CAF_ENABLE_TYPE_ID_CHECKS)
    target_link_libraries(CAF::${name} INTERFACE Threads::Threads ${ARGN})
  endif()
endfunction()

if(CAF_FOUND)
  _caf_target(core ${CAF_CORE_LIBRARY})
  _caf_target(io ${CAF_IO_LIBRARY} CAF::core)
  _caf_target(openssl ${CAF_OPENSSL_LIBRARY} CAF::io OpenSSL::SSL)
endif()
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY CAF_IO_LIBRARY
                 CAF_OPENSSL_LIBRARY)
