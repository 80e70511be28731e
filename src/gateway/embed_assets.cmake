# Writes a C++ file with the bytes of the files of a folder:
# cmake -DFOLDER=… -DFILES=a;b -DOUTPUT=x.cpp -P embed_assets.cmake
set(arrays "")
set(rows "")
set(number 0)
foreach(file ${FILES})
  file(READ ${FOLDER}/${file} bytes HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char file_${number}[] = {${bytes}};\n")
  string(APPEND rows "    {\"${file}\", {file_${number}, sizeof file_${number}}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"gateway/assets.hpp\"

namespace parley::gateway {

namespace {

${arrays}
constexpr asset table[] = {
${rows}};

} // namespace

std::span<const asset> assets() { return table; }

} // namespace parley::gateway
")
